#!/bin/sh
# Runs as a unit inside the booted container; every line `key=value` is judged by test_systemd.py.
exec > /e2e.out 2>&1
say() { echo "$1=$2"; }
show() { systemctl show presslog -p "$1" --value; }
ask() { /opt/presslog/bin/presslog "$@" --store /var/lib/private/presslog; }

install -d -m 755 /srv/presslog/seeds /etc/presslog
printf '[feeds.seeds]\nfolder = "/srv/presslog/seeds"\n' > /etc/presslog/presslog.toml
printf 'Harbour opens again\n\nThe harbour was closed for a week.\n' > /srv/presslog/seeds/before.txt

systemctl start presslog; say start $?
say active "$(show ActiveState)"
say user "$(ps -o user= -p "$(show MainPID)")"
for n in 1 2 3 4 5; do printf 'Story %s\n\nText of story %s.\n' $n $n > /srv/presslog/seeds/$n.txt; done
for i in 1 2 3 4 5 6 7 8 9 10; do [ "$(ask sql 'select count(*) from articles')" = 6 ] && break; sleep 1; done
say articles "$(ask sql 'select count(*) from articles')"
say status "$(show StatusText)"

{ printf 'Long read\n\n'; yes 'The water came at night.' | head -60000; } > /opt/long.txt
mv /opt/long.txt /srv/presslog/seeds/long.txt
for i in 1 2 3 4 5 6 7 8 9 10; do [ "$(ask sql 'select count(*) from articles')" = 7 ] && break; sleep 1; done
say read_in_child "$(ask sql "select count(*) from articles where title = 'Long read'")"
say children "$(pgrep -c -P "$(show MainPID)" -f spawn_main)"

: > /srv/presslog/seeds/empty.txt
for i in 1 2 3 4 5 6 7 8 9 10; do [ "$(ask sql 'select count(*) from failures')" = 1 ] && break; sleep 1; done
ask failures retry --all > /dev/null; say retry $?
ask failures dismiss --all --reason 'a test' > /dev/null; say dismiss $?
say open_failures "$(ask sql 'select count(*) from failures where resolved_at is null')"

printf 'limit_bytes = "much"\n' >> /etc/presslog/presslog.toml
systemctl reload presslog; say reload_wrong $?
sleep 1; say active_after_wrong_reload "$(show ActiveState)"
printf '[feeds.seeds]\nfolder = "/srv/presslog/seeds"\n' > /etc/presslog/presslog.toml
systemctl reload presslog; say reload $?

kill -STOP "$(show MainPID)"
for i in $(seq 1 20); do sleep 1; [ "$(show NRestarts)" = 1 ] && break; done
say restarts_after_hang "$(show NRestarts)"
sleep 2; kill -9 "$(show MainPID)"
for i in $(seq 1 20); do sleep 1; [ "$(show NRestarts)" = 2 ] && break; done
say restarts_after_kill "$(show NRestarts)"
for i in $(seq 1 10); do [ "$(show ActiveState)" = active ] && break; sleep 1; done
say received "$(ask sql 'select count(*) from files')/$(ask sql 'select count(distinct sha256) from files')"

say stop "$(systemctl stop presslog; echo $?)"
say result "$(show Result)"
printf 'no_such_setting = 1\n' >> /etc/presslog/presslog.toml
systemctl reset-failed presslog
systemctl start presslog; say start_wrong $?
sleep 3; say status_wrong "$(show ExecMainStatus)"; say restarts_wrong "$(show NRestarts)"
journalctl -u presslog --no-pager -o cat | tail -40
echo E2E-DONE
systemctl poweroff --no-block
