#!/bin/sh
# Build the sdist, from it the wheel, install that into a fresh environment, and type-check and try what was installed.
# usage: deploy/check-wheel.sh BIN   (BIN: the folder of the environment's programs)
set -eu
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/python" -m build --outdir "$work/dist" . > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$bin/python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q "$work"/dist/*.whl mypy types-PyYAML types-lxml
cp pyproject.toml "$work/"
"$work/venv/bin/presslog" --version
"$work/venv/bin/presslog" init --systemd --prefix "$work/machine" > "$work/init.log"
cmp deploy/presslog.service "$work/machine/etc/systemd/system/presslog.service"
# Up to here without the packages of servers, as most install it; types are checked with them.
"$work/venv/bin/pip" install -q "$(echo "$work"/dist/*.whl)[postgres,jetstream]"
cd "$work"
"$work/venv/bin/mypy" --config-file pyproject.toml \
  -p presslog.config -p presslog.store -p presslog.handlers -p presslog.daemon
"$bin/ruff" check --quiet --config pyproject.toml "$work"/venv/lib/python3*/site-packages/presslog
