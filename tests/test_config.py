"""Settings: what is kept beside the data, for whom, and what of it is shown."""

import stat
from pathlib import Path

import pytest

from app.config import Settings, SettingsError


def settings(folder: Path, **more: str) -> Settings:
    return Settings.from_environment({"JSI_DATA_DIR": str(folder), **more})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_are_for_their_owner_only(tmp_path: Path) -> None:
    settings(tmp_path / "one")
    assert mode(tmp_path / "one") == 0o700
    assert mode(tmp_path / "one" / "secret") == 0o600
    settings(tmp_path / "two", JSI_SECRET_KEY="x" * 40)
    assert mode(tmp_path / "two") == 0o700


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    made = settings(tmp_path).secret_key
    assert len(made) >= 32
    assert settings(tmp_path).secret_key == made
    assert settings(tmp_path / "other").secret_key != made


@pytest.mark.parametrize("content", ["", "short"])
def test_a_secret_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(content)
    with pytest.raises(SettingsError, match="does not hold a secret"):
        settings(tmp_path)


def test_settings_show_no_passwords(tmp_path: Path) -> None:
    shown = repr(
        settings(
            tmp_path,
            JSI_SECRET_KEY="hush" * 10,
            JSI_DATABASE_URL="postgresql://u:hush@h/d",
            JSI_QUEUE_URL="redis://u:hush@h",
            JSI_LIMITER_URL="redis://u:hush@h",
            JSI_STORAGE_URL="s3://hush@b",
            JSI_MAIL_URL="smtp://u:hush@h",
        )
    )
    assert "hush" not in shown
    assert "demo=False" in shown


@pytest.mark.parametrize("secret", ["hushhush", "x" * 31])
def test_a_short_secret_key_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(SettingsError, match=r"JSI_SECRET_KEY is too short: .*32 bytes") as refused:
        settings(tmp_path, JSI_SECRET_KEY=secret)
    assert secret not in str(refused.value)
    assert settings(tmp_path, JSI_SECRET_KEY="x" * 32).secret_key == "x" * 32


@pytest.mark.parametrize("number", ["-1", "ten", "10", "1.5", "٣"])
def test_a_number_of_proxies_that_is_none_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(SettingsError, match="JSI_TRUSTED_PROXIES"):
        settings(tmp_path, JSI_TRUSTED_PROXIES=number)


def test_no_proxy_is_trusted_unless_set(tmp_path: Path) -> None:
    assert settings(tmp_path).trusted_proxies == 0
    assert settings(tmp_path, JSI_TRUSTED_PROXIES="2").trusted_proxies == 2
