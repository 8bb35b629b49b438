#!/usr/bin/env bash
# ./test sandbox on a kernel of its own, whose control groups are version 2 with every controller: Debian's user-mode-linux, as root. For machines that have only
# version 1, or no group that may be written to. The kernel sees this machine's files, and has /tmp and /run for itself. It has one processor: some minutes.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
source "$root/tools/build.sh"
need_packages user-mode-linux iproute2 mount kmod
dotnet build "$root/brink.slnx" -c Release -v q -nologo

init=$(mktemp "$root/artifacts/control-groups-v2.XXXXXX")
trap 'rm -f "$init"' EXIT
cat > "$init" <<INIT
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root BRINK_ROOT=$root
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t cgroup2 groups /sys/fs/cgroup
mount -t tmpfs tmp /run; mount -t tmpfs tmp /tmp
mkdir -p /dev/pts /dev/shm; mount -t tmpfs shm /dev/shm; mount -t devpts pts /dev/pts
ip link set lo up
for module in tun veth; do insmod /usr/lib/uml/modules/\$(uname -r)/kernel/drivers/net/\$module.ko; done
echo "controllers: \$(cat /sys/fs/cgroup/cgroup.controllers)"
cd /tmp
$root/artifacts/bin/Brink.Tests/release/Brink.Tests -namespace 'Brink.Tests.Lambda.Sandbox*' -noLogo -noColor
/sbin/poweroff -f 2>/dev/null || /sbin/halt -f -p
INIT
chmod +x "$init"
linux.uml mem=6G rootfstype=hostfs rootflags=/ rw init="$init" con=null con0=fd:0,fd:1 < /dev/null 2>&1 | sed -n '/^controllers:/,/System halted/p' | tee "$root/artifacts/control-groups-v2.txt"
grep -q 'Failed: 0,' "$root/artifacts/control-groups-v2.txt"
