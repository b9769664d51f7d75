"""Settings: one frozen object out of file, environment and flags."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from retrieval.errors import SettingsError
from ui.settings import Settings, describe, load


def test_flags_beat_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "tastemaker.toml"
    file.write_text("[dialogue]\nlist_length = 4\noptions = 3\n[serve]\nport = 1\n")
    environment = {
        "TASTEMAKER_DIALOGUE__LIST_LENGTH": "6",
        "TASTEMAKER_SERVE__PORT": "2",
        "OTHER": "x",
        "TASTEMAKER_HOME": "/x",
    }
    settings, origins = load([file], environment, {"serve.port": "3"})
    assert (settings.dialogue.options, settings.dialogue.list_length, settings.serve.port) == (
        3,
        6,
        3,
    )
    assert origins["serve.port"] == "command line"
    assert settings.rank == Settings().rank


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    for source in ({"TASTEMAKER_ARMS__DENCE": "1"}, {}):
        flags = {} if source else {"arms.dence": "1"}
        with pytest.raises(SettingsError, match=r"'arms\.dense'"):
            load([], source, flags)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text("= nonsense")
    with pytest.raises(SettingsError, match="not a TOML file"):
        load([tmp_path / "t.toml"], {}, {})


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().serve.port = 1  # type: ignore[misc]


def test_every_setting_has_a_sentence() -> None:
    for setting in describe(Settings(), {}):
        assert setting.sentence.endswith("."), setting.name
