#!/usr/bin/env python3
"""meter_race.py - who stops a domain and the sampler read it at the same time.

meter_race.py SECONDS: domains that count what time passes are started and stopped all
the time, each read a last time before it ends, while a sampler reads all of them; both take
their time between asking, being told and writing, on connections of their own to the
control database PGDATABASE. What the ledger has of each domain must be no less than its
last readings and no more than the highest that anybody has read of each life. Exit status 0: so it is.
"""
import json
import random
import subprocess
import sys
import threading
import time

SOURCE, BOOT, DOMAINS = "domain/local/lxc", "b", 4
COUNTS = 9


def us():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class Ledger:
    """A connection: psql, told one transaction after the other."""

    def __init__(self):
        self.psql = subprocess.Popen(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1"], text=True, bufsize=1,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, sql):
        self.psql.stdin.write(sql + "\n\\echo done\n")
        lines = []
        for line in self.psql.stdout:
            if line == "done\n":
                return lines
            lines.append(line.strip())
        raise RuntimeError("the ledger is gone")

    def take(self, things, asked, told, is_one):
        self.ask("BEGIN; SELECT set_config('hanse.clock', '%s %d', true); "
                 "SELECT meter_take('%s', '%s', %d, %d, %s); COMMIT;" %
                 (BOOT, us(), SOURCE, json.dumps(things), asked, told, is_one))


class Domain:
    def __init__(self, name):
        self.name, self.lock, self.lives = name, threading.Lock(), 0
        self.began, self.runs = 0, False
        self.last, self.highest = [], []  # of each life: its last reading, and the highest of each count
        self.rnd = random.Random(name)

    def start(self):
        with self.lock:
            self.lives += 1
            self.began, self.runs = us(), True
            self.highest.append([0] * COUNTS)

    def read(self):
        """Its counters, each at a moment of its own; None: it does not run."""
        with self.lock:
            if not self.runs:
                return None
            counts = []
            for n in range(COUNTS):
                counts.append(0 if n in (1, 8) else us() - self.began)
                if n == 4 and self.rnd.random() < .3:
                    time.sleep(.001)
            self.highest[-1] = [max(both) for both in zip(self.highest[-1], counts)]
            return {"name": self.name, "life": "%d@%s@%d" % (self.lives % 2, BOOT, self.began), "counts": counts}

    def stop(self, last):
        with self.lock:
            self.runs = False
            self.last.append(last["counts"])


def pause(rnd, most):
    time.sleep(rnd.random() * most)


def lives(domain, until):
    ledger, rnd = Ledger(), random.Random(domain.name + "s")
    while time.monotonic() < until:
        domain.start()
        pause(rnd, .05)
        asked = us()
        pause(rnd, .005)
        last = domain.read()
        pause(rnd, .005)
        told = us()
        ledger.take([last], asked, told, True)
        domain.stop(last)
        pause(rnd, .01)


def samples(domains, until):
    ledger, rnd = Ledger(), random.Random(0)
    ledger.take([], us(), us(), False)
    while time.monotonic() < until:
        asked = us()
        things = []
        for domain in domains:
            thing = domain.read()
            things += [thing] if thing else []
            pause(rnd, .003)
        told = us()
        pause(rnd, .1)  # it gets there late
        ledger.take(things, asked, told, False)


def main():
    domains = [Domain("v.e%d" % n) for n in range(DOMAINS)]
    ledger = Ledger()
    ledger.ask("SELECT meter_tick('%s', %d, clock_timestamp()); SELECT meter_take('%s', '[]');" % (BOOT, us(), SOURCE))
    until = time.monotonic() + float(sys.argv[1])
    threads = [threading.Thread(target=lives, args=(d, until)) for d in domains]
    threads.append(threading.Thread(target=samples, args=(domains, until)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = 0
    for domain in domains:
        used = [int(n) for n in ledger.ask(
            "SELECT sum(u) FROM meter_sample, unnest(used) WITH ORDINALITY AS t (u, n) "
            "WHERE object = '%s' AND n NOT IN (2, 9) GROUP BY n ORDER BY n;" % domain.name)]
        least = [sum(last[n] for last in domain.last) for n in range(COUNTS) if n not in (1, 8)]
        most = [sum(life[n] for life in domain.highest) for n in range(COUNTS) if n not in (1, 8)]
        bad = len(used) != len(least) or any(not lo <= got <= hi for lo, got, hi in zip(least, used, most))
        wrong += bad
        print("%s: %d lives, last readings %d us, the ledger %s, the highest %d%s" %
              (domain.name, domain.lives, least[0], used[0] if used else None, most[0], " WRONG" if bad else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
