"""An estate may be moved to another folder: the registry still names the old one."""

from pathlib import Path

from steps.local_run import champion_package
from steps.registry import Champion

DIGEST = "sha256:" + "a" * 64


def test_the_current_model_is_found_by_its_digest_when_the_estate_was_moved(tmp_path: Path) -> None:
    gone = Champion(version="1", uri=str(tmp_path / "gone"), digest=DIGEST)
    package = tmp_path / "models" / ("a" * 64)
    package.mkdir(parents=True)
    assert champion_package(gone, tmp_path / "models") == str(package)


def test_the_registered_place_counts_while_it_is_there_and_is_named_when_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    here = Champion(version="1", uri=str(tmp_path / "here"), digest=DIGEST)
    assert champion_package(here, tmp_path / "models") == here.uri
    gone = Champion(version="1", uri=str(tmp_path / "gone"), digest=DIGEST)
    assert champion_package(gone, tmp_path / "models") == gone.uri
