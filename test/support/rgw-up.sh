#!/bin/bash
# A throw-away Ceph RGW on 127.0.0.1:7480, all of it in memory and in the folder $1; user "test", secret "testtest".
# Debian's radosgw, ceph-mon, ceph-osd and ceph-common. Its processes' ids are left in $1/*.pid.
set -e
D=$1; mkdir -p "$D"/{mon,osd,run}; cd "$D"
FSID=$(cat /proc/sys/kernel/random/uuid)
cat > ceph.conf <<C
[global]
fsid = $FSID
mon host = [v2:127.0.0.1:40300,v1:127.0.0.1:40301]
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth allow insecure global id reclaim = false
keyring = $D/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 5000
run dir = $D/run
admin socket = $D/run/\$name.\$pid.asok
log file = $D/\$name.log
setuser match path = $D
[mon.a]
mon data = $D/mon
[osd.0]
osd data = $D/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd op num shards = 2
[client.admin]
rgw frontends = beast endpoint=127.0.0.1:7480
rgw enable usage log = false
C
monmaptool --create --fsid "$FSID" --addv a '[v2:127.0.0.1:40300,v1:127.0.0.1:40301]' monmap >/dev/null
ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
ceph-authtool keyring --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' >/dev/null
ceph-mon -c ceph.conf --mkfs -i a --monmap monmap --keyring keyring
ceph-mon -c ceph.conf -i a -f >mon.out 2>&1 & echo $! > mon.pid
for _ in $(seq 50); do timeout 3 ceph -c ceph.conf -s >/dev/null 2>&1 && break; sleep 0.3; done
OSD=$(cat /proc/sys/kernel/random/uuid)
ceph -c ceph.conf osd new "$OSD" 0 >/dev/null
ceph -c ceph.conf auth import -i keyring >/dev/null 2>&1
ceph-osd -c ceph.conf -i 0 --mkfs --osd-uuid "$OSD" >osd-mkfs.out 2>&1
ceph-osd -c ceph.conf -i 0 -f >osd.out 2>&1 & echo $! > osd.pid
radosgw -c ceph.conf -n client.admin -f >rgw.out 2>&1 & echo $! > rgw.pid
for _ in $(seq 200); do curl -sf http://127.0.0.1:7480/ >/dev/null && break; sleep 0.3; done
radosgw-admin -c ceph.conf user create --uid=test --display-name=test --access-key=test --secret-key=testtest >/dev/null
