"""What is not documented does not exist: settings, commands, audit events."""

import ast
import re

import click
import pytest
from flask import Flask

from app.config import ROOT
from app.core.audit import AuditAction
from app.moderation.search.language import FLAGS, KEYS

NOT_OURS = {"limiter", "routes", "run", "shell"}


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def test_every_setting_is_documented() -> None:
    source = (ROOT / "app" / "config.py").read_text("utf-8")
    names = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"JSI_[A-Z_]+", node.value)
    }
    assert len(names) >= 10
    assert {name for name in names if f"`{name}`" not in document("settings.md")} == set()


def test_every_audit_event_is_documented() -> None:
    missing = [
        action.value for action in AuditAction if f"`{action}`" not in document("audit-events.md")
    ]
    assert missing == []


def test_every_command_is_documented_with_its_options(app: Flask) -> None:
    text = document("commands.md")
    missing = []
    for name, command in app.cli.commands.items():
        if name in NOT_OURS:
            continue
        verbs = command.commands if isinstance(command, click.Group) else {"": command}
        for verb, each in verbs.items():
            typed = f"{name} {verb}".strip()
            rows = [row for row in text.splitlines() if row.startswith(f"| `{typed}")]
            options = [
                option
                for parameter in each.params
                if isinstance(parameter, click.Option)
                for option in parameter.opts
            ]
            if not rows:
                missing.append(typed)
            elif name != "users" or verb == "create":
                missing += [f"{typed} {option}" for option in options if option not in rows[0]]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    file = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text("utf-8")):
        assert (file.parent / target).exists(), target


def test_every_term_of_a_search_is_documented() -> None:
    said = document("searching.md")
    assert {key for key in KEYS if key and f"`{key}:`" not in said} == set()
    assert {flag for flag in FLAGS if f"`{flag}`" not in said} == set()
