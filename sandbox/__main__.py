"""
`python -m sandbox --config FILE`: starts the emulators and prints one line when they listen.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from sandbox.config import read_config
from sandbox.server import PublicAddressError, Sandbox


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="飞书、企业微信和钉钉的本机仿真")
    parser.add_argument("--config", type=Path, required=True, help="JSON 配置文件")
    path = parser.parse_args(arguments).config
    try:
        config = read_config(path)
    except (OSError, KeyError, TypeError, ValueError) as error:
        sys.stderr.write(f"sandbox: {path} cannot be used: {error!r}\n")
        return 2
    sandbox = Sandbox(config)
    try:
        server = sandbox.listen(config.host, config.port)
    except (PublicAddressError, OSError) as error:
        sandbox.stop()
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    threading.Thread(target=sandbox.tick, name="sandbox-tick", daemon=True).start()
    sys.stdout.write(f"sandbox ready http://{config.host}:{server.port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sandbox.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
