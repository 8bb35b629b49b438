#!/bin/sh
# A small machine with a world around it, in namespaces of its own: machine.sh FOLDER USER NAMESERVER COMMAND...
# Runs COMMAND on it: as root, as a user by number, or "nested", as a user of one more namespace, where the test runner is not root. The
# caller has made namespaces for users (unless it is root), the network and mounts.
#
#   the world     198.51.100.1, 203.0.113.10, 169.254.169.254, 10.1.1.1..., each with a service that says which one it is (services.py)
#   the machine   198.51.100.2, 172.31.9.1, its loopback: services there too, and a name server on 127.0.0.53
set -e
kit=$(dirname "$(readlink -f "$0")")
folder=$1 user=$2 nameserver=$3
shift 3
own=$(readlink /proc/self/ns/net)
ip link set lo up
# In the background only: the shell that runs it becomes the command, which ends with this one.
beside() { exec setpriv --pdeathsig KILL "$@"; }
beside unshare --net sleep 1000 &
world=$!
while [ "$(readlink /proc/$world/ns/net)" = "$own" ]; do :; done
in_world() { nsenter --net=/proc/$world/ns/net "$@"; }

ip link add eth9 type veth peer name w0 netns $world
ip addr add 198.51.100.2/24 dev eth9
ip -6 addr add 2001:db8::2/64 dev eth9 nodad
ip link set eth9 up
# A second address of the machine, as that of a bridge for containers.
ip link add bridge type veth peer name bridge-end
ip link set bridge-end up
ip link set bridge up
ip addr add 172.31.9.1/24 dev bridge
ip -6 addr add 2001:db8:9::1/64 dev bridge nodad

in_world ip -batch - << 'END'
link set lo up
addr add 198.51.100.1/24 dev w0
addr add 2001:db8::1/64 dev w0 nodad
link set w0 up
addr add 203.0.113.10/32 dev lo
addr add 169.254.169.254/32 dev lo
addr add 169.254.170.2/32 dev lo
addr add 100.100.100.200/32 dev lo
addr add 168.63.129.16/32 dev lo
addr add 10.1.1.1/32 dev lo
addr add 2001:db8:1::10/128 dev lo
addr add fd00:ec2::254/128 dev lo
addr add fd12::1/128 dev lo
END
ip route add default via 198.51.100.1
ip -6 route add default via 2001:db8::1

# The machine's own file stays as it is.
echo "nameserver $nameserver" > "$folder/resolv.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
# Debian's device is open to all users; that of a container may not be.
if [ "$user" != nested ]; then
  mount -t tmpfs -o mode=755,size=4k none /dev/net
  mknod -m 666 /dev/net/tun c 10 200
fi

PATH=/usr/bin:/usr/sbin:/bin:/sbin:$PATH
serve() {
  "$@" > "$folder/ready" &
  until [ -s "$folder/ready" ]; do :; done
  rm "$folder/ready"
}
serve beside nsenter --net=/proc/$world/ns/net python3 "$kit/services.py" 203.0.113.10 169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 10.1.1.1 2001:db8:1::10 fd00:ec2::254 fd12::1
serve beside python3 "$kit/services.py" 127.0.0.1 127.0.0.53 198.51.100.2 172.31.9.1 ::1 2001:db8::2 2001:db8:9::1

case $user in
  0) "$@" ;;
  nested) unshare --user --map-user=1000 --map-group=1000 "$@" ;;
  *) setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all --bounding-set=-all "$@" ;;
esac
