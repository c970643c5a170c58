from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings


def test_the_home_is_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CONCIERGE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().root == tmp_path / ".cache" / "concierge"
    monkeypatch.setenv("CONCIERGE_HOME", str(tmp_path / "elsewhere"))
    assert Settings().root == tmp_path / "elsewhere"


def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "99999")
    with pytest.raises(ValidationError, match="PORT"):
        Settings()


def test_changed_settings_keep_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "7999")
    changed = Settings().but(engine="none")
    assert (changed.engine, changed.port) == ("none", 7999)


def test_keys_and_other_sites_are_set_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Settings().require_keys, Settings().allowed_origins) == (None, ())
    monkeypatch.setenv("CONCIERGE_REQUIRE_KEYS", "true")
    monkeypatch.setenv("CONCIERGE_ORIGINS", "https://shop.example/, http://localhost:3000")
    assert Settings().require_keys is True
    assert Settings().allowed_origins == ("https://shop.example", "http://localhost:3000")
