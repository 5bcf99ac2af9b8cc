"""`backup`, `restore` and `status` from the command line: the whole rehearsal of a lost database."""

import shutil

from tests.api.cli.conftest import Shell


def test_a_lost_database_comes_back_and_the_node_says_that_it_is_behind(shell: Shell, monkeypatch) -> None:
    shell.run("org", "client", "an-phat", "--label", "erp")
    assert shell.json("status")["behind"] is False
    taken = shell.json("backup", shell.path("backup.db"))
    assert taken["node"] == "did:web:registry.example.org"
    client = shell.json("org", "client", "an-phat", "--label", "late")["client_id"]
    erp = next(each["client_id"] for each in shell.json("org", "show", "an-phat")["clients"] if each["label"] == "erp")
    shell.run("org", "client", "an-phat", "--revoke", erp)
    assert "target_not_empty" in shell.run("restore", shell.path("backup.db"), code=1).stderr

    (shell.folder / "node.db").unlink()
    for each in shell.folder.glob("node.db-*"):
        each.unlink()
    restored = shell.run("restore", shell.path("backup.db"))
    assert "restore accept" in restored.stderr
    status = shell.json("status", code=1)
    assert status["behind"] is True
    assert status["journal_generation"] > status["generation"]

    plan = shell.json("restore", "accept")
    assert plan["done"] is False
    assert shell.json("status", code=1)["behind"] is True
    assert shell.json("restore", "accept", "--yes")["exactly"] is True
    assert shell.json("status")["behind"] is False
    clients = {each["client_id"]: each["revoked"] for each in shell.json("org", "show", "an-phat")["clients"]}
    assert clients[erp]
    assert client not in clients
    assert "backup_failed" in shell.run("restore", "accept", code=1).stderr


def test_a_backup_goes_into_a_folder_under_a_name_of_its_own(shell: Shell) -> None:
    (shell.folder / "backups").mkdir()
    first = shell.json("backup", shell.path("backups"))["file"]
    assert sorted(each.name for each in (shell.folder / "backups").iterdir()) == sorted(
        [first.rpartition("/")[2], first.rpartition("/")[2] + ".json"]
    )
    assert "key file" in shell.run("backup", shell.path("other.db")).stderr


def test_it_restores_somewhere_else_when_told(shell: Shell, monkeypatch) -> None:
    shell.run("backup", shell.path("backup.db"))
    shell.run("restore", shell.path("backup.db"), "--to", shell.path("elsewhere.db"))
    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{shell.path('elsewhere.db')}")
    assert shell.json("status", code=1)["restored_at"]


def test_a_rehearsal_beside_the_running_node_does_not_touch_it(shell: Shell, monkeypatch) -> None:
    erp = shell.json("org", "client", "an-phat", "--label", "erp")["client_id"]
    shell.run("backup", shell.path("backup.db"))
    late = shell.json("org", "client", "an-phat", "--label", "late")["client_id"]
    shell.run("org", "client", "an-phat", "--revoke", late)
    journal = (shell.folder / "node.kek.journal").read_bytes()
    said = shell.run("restore", shell.path("backup.db"), "--to", shell.path("elsewhere.db")).stderr
    assert "rehearsal" in said
    live = f"sqlite:///{shell.path('node.db')}"
    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{shell.path('elsewhere.db')}")
    assert shell.json("restore", "accept")["exactly"] is True
    assert "rehearsal_only" in shell.run("restore", "accept", "--yes", code=1).stderr
    assert "rehearsal_only" in shell.run("restore", "accept", "--without-journal", "--yes", code=1).stderr
    assert "node_behind" in shell.run("org", "client", "an-phat", "--revoke", erp, code=1).stderr
    shell.run("fsck")
    assert shell.json("status", code=1)["behind"] is True
    assert (shell.folder / "node.kek.journal").read_bytes() == journal
    monkeypatch.setenv("GUILDNET_DATABASE_URL", live)
    assert shell.json("status")["behind"] is False
    shell.run("org", "client", "an-phat", "--revoke", erp)

    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{shell.path('elsewhere.db')}")
    assert shell.json("restore", "accept", "--take-over", "--yes")["done"] is True
    assert shell.json("status")["behind"] is False
    monkeypatch.setenv("GUILDNET_DATABASE_URL", live)
    assert shell.json("status", code=1)["behind"] is True, "the one that was taken over from is noticed"


def test_the_nodes_own_place_is_known_by_any_name(shell: Shell) -> None:
    shell.run("backup", shell.path("backup.db"))
    for each in shell.folder.glob("node.db*"):
        each.unlink()
    (shell.folder / "here").symlink_to(shell.folder)
    said = shell.run("restore", shell.path("backup.db"), "--to", shell.path("here/node.db")).stderr
    assert "rehearsal" not in said
    assert shell.json("restore", "accept", "--yes")["done"] is True


def test_a_wrong_key_file_is_named(shell: Shell, monkeypatch) -> None:
    shell.run("backup", shell.path("backup.db"))
    other = shell.folder / "other.kek"
    shutil.copy(shell.folder / "node.kek", other)
    other.write_text("A" * 43 + "\n")
    monkeypatch.setenv("GUILDNET_KEK_FILE", str(other))
    said = shell.run("restore", shell.path("backup.db"), "--to", shell.path("elsewhere.db"), code=1).stderr
    assert "backup_other_kek" in said
    assert not (shell.folder / "elsewhere.db").exists()


def test_a_node_on_a_new_machine_has_to_say_that_it_does_without_its_journal(shell: Shell, monkeypatch) -> None:
    shell.run("backup", shell.path("backup.db"))
    monkeypatch.setenv("GUILDNET_JOURNAL_FILE", shell.path("new.journal"))
    shell.run("restore", shell.path("backup.db"), "--to", shell.path("elsewhere.db"))
    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{shell.path('elsewhere.db')}")
    assert "--without-journal" in shell.run("restore", "accept", "--take-over", "--yes", code=1).stderr
    shell.run("restore", "accept", "--keep", "grants", code=2)
    said = shell.run("restore", "accept", "--without-journal", "--yes", code=1).stderr
    assert "--take-over" in said
    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{shell.path('node.db')}")
    for each in shell.folder.glob("node.db*"):
        each.unlink()
    (shell.folder / "elsewhere.db").rename(shell.folder / "node.db")
    assert shell.json("status", code=1)["behind"] is True
    assert "rehearsal_only" in shell.run("restore", "accept", "--without-journal", "--yes", code=1).stderr
    done = shell.json("restore", "accept", "--without-journal", "--take-over", "--keep", "grants", "--yes")
    assert done["exactly"] is False
    assert shell.json("restore", "confirm")["doubted"] == []
