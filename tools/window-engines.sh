#!/usr/bin/env bash
# Builds the njs of the two windows (functions spec 5.1) for ./test conformance: tools/window-engines.sh FOLDER, with git, a C compiler and the
# development files of PCRE 1, PCRE 2 and OpenSSL at hand. Prints the two variables that the tests read.
set -euo pipefail
folder=$(mkdir -p "${1:?where to build}" && cd "$1" && pwd)
[ -d "$folder/source" ] || git clone --quiet "${NJS_REPOSITORY:-https://github.com/nginx/njs}" "$folder/source"

# The last commits of the windows: before Array.prototype.toSorted, and before TextEncoder.
for engine in 20:fd683866 10:0570392f^; do
  target="$folder/njs-${engine%%:*}"
  mkdir -p "$target"
  git -C "$folder/source" archive "${engine#*:}" | tar x -C "$target"
  (cd "$target" && ./configure && make njs) > "$target.log" 2>&1 || { echo "njs ${engine#*:} was not built: $target.log" >&2; exit 1; }
  echo "export BRINK_NJS_${engine%%:*}=$target/build/njs"
done
