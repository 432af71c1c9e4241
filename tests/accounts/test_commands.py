"""What an administrator does at the command line: groups, users, tokens, dropboxes."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken, Group, User, digest_of
from data_management.models import Dropbox
from tests.conftest import PASSWORD


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command with a password on its standard input and returns what it prints."""

    def run(*words: str, password: str = PASSWORD) -> str:
        out = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        call_command(*words, stdout=out)
        return out.getvalue()

    return run


def test_a_lab_is_set_up_by_four_commands(db: None, command: Any, tmp_path: Path) -> None:
    assert "made" in command("addgroup", "Genomics Core")
    assert "was there already" in command("addgroup", "Genomics Core")
    command("adduser", "ada", "--group", "Genomics Core", "--manager", "--first-name", "Ada")
    ada = User.objects.get(username="ada")
    assert ada.check_password(PASSWORD)
    assert ada.managed_group_ids() == [Group.objects.get().pk]
    assert (ada.primary_group, ada.is_superuser) == (Group.objects.get(), False)
    key = command("addtoken", "ada", "--days", "3").strip()
    token = ApiToken.objects.get()
    assert token.digest == digest_of(key)
    assert token.expires_at is not None
    assert (token.expires_at - token.created).days in (2, 3)
    command("givedropbox", "ada", "Genomics Core", "--path", str(tmp_path / "box"))
    assert Dropbox.objects.get().path == str(tmp_path / "box")
    assert (tmp_path / "box").is_dir()


def test_a_dropbox_lies_below_the_root_where_no_path_is_given(
    ada: User, command: Any, settings: Any, tmp_path: Path
) -> None:
    settings.DROPBOX_ROOT = tmp_path
    command("givedropbox", "ada", "Genomics Core")
    assert Dropbox.objects.get().path == str(tmp_path / "Genomics Core" / "ada")


def test_an_administrator_may_do_everything(db: None, command: Any) -> None:
    command("adduser", "root", "--admin")
    assert User.objects.get().is_superuser
    assert User.objects.get().is_staff


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (["adduser", "x", "--group", "Nowhere"], PASSWORD),
        (["adduser", "x"], "123"),
        (["adduser", "ada"], PASSWORD),
        (["adduser", "x y"], PASSWORD),
        (["adduser", "x", "--orcid", "1"], PASSWORD),
        (["addtoken", "nobody"], ""),
        (["givedropbox", "nobody", "Genomics Core"], ""),
        (["givedropbox", "ada", "Nowhere"], ""),
        (["givedropbox", "ada", "Proteomics Lab"], ""),
    ],
)
def test_what_cannot_be_done_is_said_and_not_done(
    ada: User, eve: User, command: Any, words: list[str], password: str
) -> None:
    with pytest.raises(CommandError):
        command(*words, password=password)
    assert set(User.objects.values_list("username", flat=True)) == {"ada", "eve"}
    assert not Dropbox.objects.exists()
