# Shared by brink, test and bench: the .NET SDK, and one published (precompiled) executable in artifacts/brink.

say() { printf '%s\n' "$*" >&2; }

need_sdk() {
  command -v dotnet > /dev/null && dotnet --list-sdks | grep -q '^10\.' && return
  say "brink needs the .NET 10 SDK: install dotnet-sdk-10.0 (https://learn.microsoft.com/dotnet/core/install/linux-debian) and try again."
  exit 2
}

# need_packages PACKAGE...: installs the Debian packages that are missing, and says so.
need_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null)" = 'ii ' ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  say "installing Debian packages: ${missing[*]}"
  # Services are not started by their installation: the tests start what they need, on ports of their own.
  # The rule is the machine's own where it has one; ours goes again, however this ends.
  (
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
      printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin /usr/sbin/policy-rc.d
    fi
    install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
    "${install[@]}" > /dev/null 2>&1 || { "${as_root[@]}" apt-get update -q > /dev/null && "${install[@]}" > /dev/null; }
  )
}

# with_progress WHAT LOG COMMAND...: runs the command with its output in the log, and shows that it lives: on a terminal a line that counts seconds, elsewhere a
# line every ten.
with_progress() {
  local what=$1 log=$2 began=$SECONDS result=0 ticker
  shift 2
  (
    exec 9>&- {nothing}<> <(:)
    while kill -0 $$ 2> /dev/null; do
      if [ -t 2 ]; then
        read -rt 1 -u "$nothing" || true
        printf '\r%s: %d s' "$what" $((SECONDS - began)) >&2
      else
        read -rt 10 -u "$nothing" || true
        printf '%s: %d s\n' "$what" $((SECONDS - began)) >&2
      fi
    done
  ) > /dev/null &
  ticker=$!
  "$@" > "$log" 2>&1 || result=$?
  kill "$ticker" 2> /dev/null || true
  wait "$ticker" 2> /dev/null || true
  [ -t 2 ] && printf '\r\033[K' >&2
  [ $result -ne 0 ] || printf '%s took %d s\n' "$what" $((SECONDS - began)) >&2
  return $result
}

runtime_identifier() {
  case "$(uname -m)" in aarch64 | arm64) echo linux-arm64 ;; *) echo linux-x64 ;; esac
}

# publish_brink: artifacts/brink is up to date afterwards.
publish_brink() { publish_project src/Brink.Host brink; }

# publish_project PROJECT NAME [FOLDER...]: artifacts/NAME is up to date with src and the folders afterwards. One build at a time; a failed build leaves
# the old one and says why.
publish_project() {
  local project=$1 name=$2
  shift 2
  local out="$root/artifacts/$name" stamp="$root/artifacts/$name.stamp" log="$root/artifacts/$name.log" sources=("$root/src" "$@")
  up_to_date() { [ -e "$stamp" ] && [ -z "$(find "${sources[@]}" "$root"/*.props "$root/global.json" -newer "$stamp" -type f -print -quit)" ]; }
  up_to_date && return
  need_sdk
  mkdir -p "$root/artifacts"
  exec 9> "$root/artifacts/$name.lock"
  flock 9
  up_to_date && return
  say "building $name (only when the source has changed; the first time takes a minute or two) ..."
  touch "$stamp.new"
  # A build that a signal ends says that it succeeded, too. Only one that went to its end says where its output is.
  if ! with_progress "building $name" "$log" dotnet publish "$root/$project" -c Release -r "$(runtime_identifier)" -o "$out" -v m -nologo || ! grep -q -- " -> $out/" "$log"; then
    cat "$log" >&2
    say "the build failed; its output is also in ${log#"$root/"}"
    exit 1
  fi
  mv "$stamp.new" "$stamp"
  exec 9>&-
}
