#!/usr/bin/env python3
"""meter.py - random histories of the ledger against an oracle of its own.

meter.py SEED [EVENTS]: makes a history (resizes, attached disks, migrations,
suspensions, crashes, stops with a last reading that races the sampler's, reboots
here and elsewhere, clock steps, silent hosts, restarts of hansed, changed prices,
closed months), plays it to the control database PGDATABASE with the
statements hansed uses, and adds up the same by itself, in another way: no intervals, no
SQL, fractions for money. Every line of every bill must be the same, to the
microsecond and the cent. Exit status 0: they are.
"""
import datetime
import json
import random
import subprocess
import sys
from fractions import Fraction
from math import floor

HOUR = 3600 * 10**6
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
RESERVED = ["vcpus", "memory_mib", "disk_gib", "domains", "connections"]
COUNTED = ["cpu", "memory_used", "network_in", "network_out", "disk_reads",
           "disk_writes", "disk_read", "disk_written", "disk_used"]
LEVELS = {"memory_used", "disk_used"}
DIVISORS = {  # of the units used here
    ("vcpus", "vCPU-h"): 3600 * 10**6, ("memory_mib", "GiB-h"): 1024 * 3600 * 10**6,
    ("disk_gib", "GiB-month"): 730 * 3600 * 10**6, ("domains", "domain-h"): 3600 * 10**6,
    ("connections", "connection-h"): 3600 * 10**6, ("cpu", "core-h"): 3600 * 10**9,
    ("memory_used", "GiB-h"): 1024 * 1024 * 3600 * 1000, ("network_out", "GiB"): 2**30,
    ("network_in", "GB"): 10**9, ("disk_reads", "million"): 10**6}
PRICED = sorted(DIVISORS)


def at(us):
    return EPOCH + datetime.timedelta(microseconds=us)


def stamp(us):
    return "'" + at(us).isoformat() + "'::timestamptz"


def month_of(us):
    return at(us).year, at(us).month


def begin_of(month):
    moment = datetime.datetime(month[0], month[1], 1, tzinfo=UTC)
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def next_month(month):
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


class Oracle:
    """What the ledger should say. Pieces are (owner, meter, state, from, to,
    amount) by the ledger's clock; hours are sums by (owner, meter, hour)."""

    def __init__(self):
        self.sizes, self.state, self.since = {}, {}, {}
        self.pieces, self.hours = [], {}
        self.prices, self.bills, self.last_close = {}, {}, None
        self.passed = {}  # owner, meter: amount times time that really passed

    def flush(self, obj, label):
        sizes = self.sizes.get(obj)
        if sizes:
            since, until = self.since[obj], max(self.since[obj], label)
            for meter, amount in sizes.items():
                if amount and until > since:
                    self.pieces.append((obj, meter, self.state[obj], since, until, amount))
                    key = obj, meter
                    self.passed[key] = self.passed.get(key, 0) + amount * (until - since)
        self.since[obj] = max(self.since.get(obj, label), label) if sizes else label

    def count(self, obj, meter, since, until, used):
        """Spread evenly over the time it took, hour by hour."""
        hour, done = since - since % HOUR, 0
        while True:
            end = min(until, hour + HOUR)
            sofar = used if end >= until else floor(Fraction(used * (end - since), until - since))
            key = obj, meter, hour
            self.hours[key] = self.hours.get(key, 0) + sofar - done
            done, hour = sofar, hour + HOUR
            if end >= until:
                return

    def price_at(self, meter, state, moment):
        for key in ((meter, state), (meter, "")):
            best = None
            for start, price in self.prices.get(key, {}).items():
                if start <= moment and (best is None or start > best[0]):
                    best = start, price
            if best and best[1] is not None:
                return best
        return None

    def cuts(self, meter, state, since, until):
        points = {since, until}
        for key in ((meter, state), (meter, "")):
            points |= {s for s in self.prices.get(key, {}) if since < s < until}
        points = sorted(points)
        return zip(points, points[1:])

    def close(self, month, label):
        begin, end = begin_of(month), begin_of(next_month(month))
        for obj in sorted(self.sizes):
            if self.since[obj] < end:
                self.flush(obj, end)
        lines, left = {}, []

        def add(obj, meter, state, late, price, quantity):
            key = owner(obj) + (meter, state, late, price)
            lines[key] = lines.get(key, 0) + quantity

        for piece in self.pieces:
            obj, meter, state, since, until, amount = piece
            if until > end:
                left.append((obj, meter, state, max(since, end), until, amount))
            for lo, hi in ((since, min(until, begin)), (max(since, begin), min(until, end))):
                if lo < hi:
                    late = hi <= begin and self.last_close is not None
                    for a, b in self.cuts(meter, state, lo, hi):
                        add(obj, meter, state, late, self.price_at(meter, state, a), amount * (b - a))
        self.pieces = left
        sums = {}
        for obj, meter, hour in list(self.hours):
            if hour < end:
                key = owner(obj) + (meter, hour)
                sums[key] = sums.get(key, 0) + self.hours.pop((obj, meter, hour))
        for (ve, enterprise, meter, hour), quantity in sums.items():
            done = 0
            for _, b in self.cuts(meter, "", hour, hour + HOUR):
                sofar = floor(Fraction(quantity * (b - hour), HOUR))
                late = hour < begin and self.last_close is not None
                key = (ve, enterprise, meter, "", late, self.price_at(meter, "", b - 1))
                lines[key] = lines.get(key, 0) + sofar - done
                done = sofar
        self.bills[month] = cents({k: q for k, q in lines.items() if q})
        self.last_close = month


def owner(obj):
    if obj == "db.shared":
        return "", ""
    if obj.startswith("db."):
        return obj[3:], ""
    return tuple(obj.split("."))


def share_out(exact, total, order):
    """Whole cents that make up total: those with the largest rest get one more."""
    whole = {k: floor(v) for k, v in exact.items()}
    rest = sorted(exact, key=lambda k: (-(exact[k] - whole[k]), order[k]))
    for k in rest[:total - sum(whole.values())]:
        whole[k] += 1
    return whole


def cents(lines):
    keys = sorted(lines, key=lambda k: k[:5] + ((k[5] is not None, k[5][0] if k[5] else 0),))
    order = {k: n for n, k in enumerate(keys)}
    exact = {}
    for k in keys:
        amount, unit = k[5][1] if k[5] else (Fraction(0), None)
        exact[k] = lines[k] * amount * 100 / (DIVISORS[k[2], unit] if unit else 1)
    bills, first = {}, {}
    for k in keys:
        bills[k[:2]] = bills.get(k[:2], 0) + exact[k]
        first.setdefault(k[:2], order[k])
    total = floor(sum(bills.values()) + Fraction(1, 2))
    of_bill = share_out(bills, total, first)
    result = {}
    for bill, amount in of_bill.items():
        mine = {k: exact[k] for k in keys if k[:2] == bill}
        result.update({k: (lines[k], c) for k, c in share_out(mine, amount, order).items()})
    return result


class History:
    def __init__(self, seed, events):
        self.rnd = random.Random(seed)
        self.oracle, self.sql = Oracle(), []
        self.true = begin_of((2026, 1)) + 11 * 86400 * 10**6 + self.rnd.randrange(HOUR)
        self.boot, self.boot_true, self.boots = None, 0, 0
        self.offset = 0  # of the wall clock, and as the ledger knows it:
        self.known = None
        self.hosts = ["one", "two", "three"]
        self.ves = {"alpha": ["alpha.a", "alpha.b", "alpha.c"], "beta": ["beta.x", "beta.y", "db.beta"],
                    None: ["db.shared"]}
        self.domains, self.last, self.seen = {}, {}, {}
        self.place, self.suspended, self.reserved = {}, set(), {}
        self.silent, self.gone, self.counts_read, self.since_read, self.hidden = set(), set(), {}, {}, {}
        self.life, self.boot_of, self.told = 0, {}, {}
        self.reboot(first=True)
        for _ in range(events):
            self.true += self.rnd.choice((10**6, 10**7, 3 * 10**8, 10**10, 2 * 10**10)) + self.rnd.randrange(10**6)
            self.event()
        self.true += begin_of(next_month(month_of(self.label()))) - self.label() + 2 * 86400 * 10**6
        self.tick()
        self.close_due()

    def label(self):
        return self.true + self.known

    def clock(self):
        return "SELECT set_config('hanse.clock', '%s %d', true);" % (self.boot, self.true - self.boot_true)

    def transaction(self, statements, end="COMMIT"):
        self.sql += ["BEGIN;", self.clock()] + statements + [end + ";"]

    # -- What the platform does ----------------------------------------------

    def event(self):
        kinds = [(self.resize, 30), (self.attach, 8), (self.migrate, 10), (self.suspend, 8), (self.crash, 12),
                 (self.start, 14), (self.stop, 16), (self.reboot_elsewhere, 3), (self.tick, 20), (self.step, 4), (self.reboot, 2), (self.price, 6),
                 (self.fail, 6), (self.hush, 4), (self.remove, 2)]
        self.rnd.choices([k for k, _ in kinds], [w for _, w in kinds])[0]()
        if self.rnd.random() < .6:
            self.true += self.rnd.randrange(1, 10**7)
            self.tick()
        self.close_due()

    def objects(self):
        return [o for ve in self.ves.values() for o in ve]

    def size(self, obj):
        if obj.startswith("db."):
            return {"vcpus": self.rnd.randint(1, 4), "memory_mib": 512 * self.rnd.randint(1, 9), "domains": 1,
                    "disk_gib": self.rnd.randint(1, 20)}
        if obj in self.suspended:
            return {"connections": 24}
        return {"vcpus": self.rnd.randint(1, 3), "memory_mib": 64 * self.rnd.randint(1, 9), "domains": 1,
                "connections": self.rnd.randint(1, 50)}

    def wanted(self, ve, sizes):
        rows = [dict(object=o, enterprise=None if o.startswith("db.") else o.split(".")[1], **sizes[o])
                for o in self.ves[ve] if sizes.get(o)]
        return "%s, '%s'" % ("NULL" if ve is None else "'%s'" % ve, json.dumps(rows))

    def becomes(self, ve, sizes):
        for obj in self.ves[ve]:
            was, will = self.reserved.get(obj, {}), sizes.get(obj, {})
            if {k: v for k, v in was.items() if v} != {k: v for k, v in will.items() if v}:
                self.change(obj, lambda: None)
                if obj not in self.oracle.sizes or not any(was.values()):
                    self.oracle.since[obj] = self.label()
                self.oracle.sizes[obj] = dict(will)
                self.restate(obj)
            self.reserved[obj] = dict(will)

    def state_of(self, obj):
        if obj in self.suspended:
            return "suspended"
        return "running" if any(o == obj for o, _ in self.last.values()) else "stopped"

    def restate(self, obj):
        self.oracle.state[obj] = self.state_of(obj)

    def change(self, obj, act):
        self.oracle.flush(obj, self.label())
        act()
        self.restate(obj)

    def job(self, ve, new):
        """An intent, some time, and its end: until then the larger counts."""
        old = {o: self.reserved.get(o, {}) for o in self.ves[ve]}
        both = {o: {k: max(old[o].get(k, 0), new.get(o, {}).get(k, 0)) for k in RESERVED} for o in self.ves[ve]}
        self.transaction(["SELECT quota_reserve(%s);" % self.wanted(ve, {o: new.get(o) for o in self.ves[ve]})])
        self.becomes(ve, both)
        self.true += self.rnd.randrange(1, 6 * 10**7)
        if self.rnd.random() < .3:
            self.tick()
        keep = old if self.rnd.random() < .1 else new  # it was undone
        self.transaction(["SELECT quota_settle(%s);" % self.wanted(ve, keep)])
        self.becomes(ve, {o: {k: v for k, v in (keep.get(o) or {}).items()} for o in self.ves[ve]})

    def resize(self):
        ve = self.rnd.choice(list(self.ves))
        new = {o: dict(self.reserved.get(o, {})) for o in self.ves[ve]}
        for obj in self.rnd.sample(self.ves[ve], self.rnd.randint(1, len(self.ves[ve]))):
            new[obj] = self.size(obj)
        self.job(ve, new)

    def attach(self):
        obj = self.rnd.choice(["db.shared", "db.beta"])
        ve = None if obj == "db.shared" else "beta"
        new = {o: dict(self.reserved.get(o, {})) for o in self.ves[ve]}
        if new[obj]:
            new[obj]["disk_gib"] = new[obj]["disk_gib"] + self.rnd.randint(1, 9)
            self.job(ve, new)

    def remove(self):
        ve = self.rnd.choice(["alpha", "beta"])
        obj = self.rnd.choice(self.ves[ve])
        new = {o: dict(self.reserved.get(o, {})) for o in self.ves[ve]}
        new[obj] = {}
        self.domains.pop(obj, None)
        self.job(ve, new)

    def fail(self):
        """What is rolled back never was."""
        ve = self.rnd.choice(list(self.ves))
        self.transaction(["SELECT quota_reserve(%s);" % self.wanted(ve, {o: self.size(o) for o in self.ves[ve]})],
                         "ROLLBACK")

    def migrate(self):
        obj, host = self.rnd.choice(self.objects()), self.rnd.choice(self.hosts)
        self.transaction(["INSERT INTO placement VALUES ('%s', NULL, '%s', 1, 1) ON CONFLICT (domain) "
                          "DO UPDATE SET host = excluded.host;" % (obj, host)])
        self.oracle.flush(obj, self.label())
        self.place[obj] = host
        if obj in self.domains:
            self.begin(obj)  # there its counters begin anew

    def suspend(self):
        obj = self.rnd.choice([o for o in self.objects() if not o.startswith("db.")])
        will = obj not in self.suspended
        self.transaction(["INSERT INTO instance (enterprise, suspended) VALUES ('%s', %s) ON CONFLICT (enterprise) "
                          "DO UPDATE SET suspended = excluded.suspended;" % (obj, will)])
        self.change(obj, lambda: self.suspended.add(obj) if will else self.suspended.discard(obj))

    def begin(self, obj):
        # The host's number says little; its boot and when it began say it.
        self.life += 1
        host = self.place.get(obj, "one")
        self.domains[obj] = {"host": host, "at": self.true,
                             "life": "%d@%s@%d" % (self.rnd.randint(1, 3), self.boot_of.get(host, "b0"), self.life),
                             "counts": [0] * 9, "name": obj + self.rnd.choice(["", ".2", ".17"])
                             if not obj.startswith("db.") else obj}

    def start(self):
        obj = self.rnd.choice(self.objects())
        self.begin(obj)  # or it restarts

    def crash(self):
        """One is gone; or only seems so, and is seen again as it was."""
        if self.hidden and self.rnd.random() < .5:
            obj, domain = self.hidden.popitem()
            if obj not in self.domains and domain["host"] == self.place.get(obj, "one"):
                self.domains[obj] = domain
        elif self.domains:
            obj = self.rnd.choice(sorted(self.domains))
            domain = self.domains.pop(obj)
            if self.rnd.random() < .4:
                self.hidden[obj] = domain

    def reboot_elsewhere(self):
        """Nobody has seen it go; what its domains count is beyond what it was, their numbers are the same."""
        host = self.rnd.choice(self.hosts)
        self.life += 1
        self.boot_of[host] = "b%d" % self.life
        self.hidden = {o: d for o, d in self.hidden.items() if d["host"] != host}
        for obj, was in list(self.domains.items()):
            if was["host"] == host:
                self.begin(obj)
                self.domains[obj]["name"] = was["name"]
                self.domains[obj]["life"] = "@".join(was["life"].split("@")[:1] + self.domains[obj]["life"].split("@")[1:])
                self.domains[obj]["counts"] = [c + self.rnd.randrange(10**6) for c in was["counts"]]

    def stop(self):
        """By a step of ours: its last reading, and that of the sampler, which asked before and
        is told before or after, or when the next one of that name is known."""
        if not self.domains:
            return
        obj = self.rnd.choice(sorted(self.domains))
        domain = self.domains[obj]
        source = "domain/%s/lxc" % domain["host"]
        if domain["host"] in self.silent:  # it cannot be read, and goes all the same
            del self.domains[obj]
            return
        old = {o: dict(d, counts=list(d["counts"])) for o, d in self.domains.items() if d["host"] == domain["host"]}
        asked, kind = self.true, self.rnd.choice(["none", "before", "after", "long after"])
        self.true += 1000 + self.rnd.randrange(10**6)
        self.grow(domain)
        statements = []
        if kind == "before":
            statements.append(self.read(source, old, asked, self.true - 1))
        told = self.true
        statements.append(self.read(source, {obj: domain}, told - 500, told, is_one=True))
        del self.domains[obj]
        if kind == "long after":
            self.true += self.rnd.randrange(10**6)
            self.begin(obj)
            self.domains[obj]["name"] = domain["name"]
            if self.domains[obj]["host"] == domain["host"]:
                self.true += self.rnd.randrange(10**6)
                self.grow(self.domains[obj])
                statements.append(self.read(source, {obj: self.domains[obj]}, self.true, self.true, is_one=True))
        if kind in ("after", "long after"):
            self.true += self.rnd.randrange(10**5)
            statements.append(self.read(source, old, asked, self.true))
        for statement in statements:
            self.sql += ["BEGIN;", statement[0], statement[1], "COMMIT;"]

    def hush(self):
        host = self.rnd.choice(self.hosts)
        self.silent ^= {host}
        if host in self.silent:
            self.transaction(["SELECT meter_fail('domain/%s/lxc', 'silent');" % host])

    def step(self):
        self.offset += self.rnd.choice([-1, 1]) * self.rnd.choice([10**6, 6 * 10**7, HOUR, 3 * HOUR]) \
            + self.rnd.randrange(1000)

    def reboot(self, first=False):
        self.boots += 1
        if not first:
            self.true += self.rnd.randrange(10**7, 10**9)
        self.boot, self.boot_true = "boot-%d" % self.boots, self.true
        self.true += 5 * 10**6
        self.hidden = {}
        for obj in self.domains:
            self.begin(obj)
        self.fresh_boot = True
        if first:
            self.sql += ["INSERT INTO host (name, address, shell) VALUES ('one', '10.0.0.1', '[]'), "
                         "('two', '10.0.0.2', '[]'), ('three', '10.0.0.3', '[]');",
                         "INSERT INTO ve (ve, spec_text) VALUES ('alpha', ''), ('beta', '');"]
        self.tick()  # hansed's first act

    def price(self):
        meter, unit = self.rnd.choice(PRICED)
        state = self.rnd.choice(["", "", "running", "suspended", "stopped"]) if meter in RESERVED else ""
        start = self.label() + self.rnd.randrange(-5 * 86400 * 10**6, 20 * 86400 * 10**6)
        closed = begin_of(next_month(self.oracle.last_close)) if self.oracle.last_close else 0
        start = max(start, closed)
        if self.rnd.random() < .3:
            start -= start % HOUR
        start = max(start, closed)
        amount = None if self.rnd.random() < .15 else Fraction(self.rnd.randrange(10**6), 10**self.rnd.randint(2, 9))
        self.transaction(["SELECT price_set('%s', '%s', %s, %s, 'EUR', '%s', 'the test');" % (
            meter, state, stamp(start), "NULL" if amount is None else
            "%d.%09d" % divmod(int(amount * 10**9), 10**9), unit)])
        book = self.oracle.prices.setdefault((meter, state), {})
        if amount is not None:  # it goes over an end, up to the next price
            for later in sorted(s for s in book if s > start):
                if book[later] is not None:
                    break
                del book[later]
        book[start] = None if amount is None else (amount, unit)

    # -- What hansed samples ---------------------------------------------------

    def ledger_clock(self):
        """The ledger finds out what the wall clock says."""
        if self.known is None:
            self.known = self.offset
            return
        was, wall = self.label(), self.true + self.offset
        if self.fresh_boot:
            last = max([self.oracle.since[o] for o, s in self.oracle.sizes.items() if any(s.values())]
                       + [s for s in self.seen.values()] + [wall])
            was = last
        elif abs(wall - was) < 500000:
            return
        for obj in self.oracle.sizes:
            self.oracle.flush(obj, was)
            self.oracle.since[obj] = wall + max(0, self.oracle.since[obj] - was)
        for source in self.seen:
            self.seen[source] += wall - was
        for key in self.since_read:
            self.since_read[key] += wall - was
        self.known = self.offset

    def tick(self):
        statements = ["SELECT meter_tick('%s', %d, %s);" % (self.boot, self.true - self.boot_true,
                                                           stamp(self.true + self.offset))]
        self.ledger_clock()
        self.fresh_boot = False
        for domain in self.domains.values():
            self.grow(domain)
        for host in self.hosts:
            if host not in self.silent:
                statements.append(self.take(host))
        if self.rnd.random() < .3:
            statements.append("SELECT meter_roll();")
        if self.rnd.random() < .05:
            statements.append("SELECT meter_expire(3);")
        self.sql += ["BEGIN;"] + statements + ["COMMIT;"]

    def grow(self, domain):
        seconds = (self.true - domain["at"]) // 10**6 + 1
        domain["at"] = self.true
        for n, meter in enumerate(COUNTED):
            more = self.rnd.randrange(seconds * 10**self.rnd.randint(1, 9) + 1)
            domain["counts"][n] = more % 10**8 if meter in LEVELS else domain["counts"][n] + more

    def take(self, host):
        domains = {o: d for o, d in self.domains.items() if d["host"] == host}
        return self.read("domain/%s/lxc" % host, domains, self.true, self.true)[1]

    def read(self, source, domains, asked, told, is_one=False):
        """What the ledger is told at this moment, and how it tells the time."""
        now = self.label()
        known = source in self.seen
        now = max([now, self.seen.get(source, now)] + [t for k, t in self.since_read.items() if k[0] == source])
        there = {d["name"]: (o, d) for o, d in domains.items()}
        readings = []
        for name, (obj, d) in there.items():
            key = source, name
            counts = [None if self.rnd.random() < .02 else c for c in d["counts"]]
            was = self.counts_read.get(key)
            # Who stops it on another host does not know all of its life.
            life = d["life"].split("@")[0] + "@@" if is_one and was and was[0] == d["life"] else d["life"]
            readings.append({"name": name, "life": life, "counts": counts})
            if self.told.get(key, (None, 0))[0] == self.boot and asked < self.told[key][1]:
                if was[0] != d["life"]:
                    continue
                counts = [w if m in LEVELS and w is not None else max((c for c in (w, c) if c is not None), default=None)
                          for m, w, c in zip(COUNTED, was[1], counts)]
            self.told[key] = self.boot, max(told, self.told[key][1] if key in self.told and
                                            self.told[key][0] == self.boot else 0)
            goes_on = was is not None and was[0] == d["life"]
            since = self.since_read.get(key, self.seen.get(source, now))
            if key in self.gone and not goes_on:
                since = self.seen[source]
            if was is not None or known:
                for n, meter in enumerate(COUNTED):
                    before = was[1][n] if was is not None else None
                    if meter in LEVELS:
                        used = 0 if key in self.gone else (before or 0) * ((now - since) // 1000)
                    elif goes_on:
                        used = 0 if before is None or counts[n] is None else counts[n] - before
                    else:
                        used = counts[n] or 0
                    if used:
                        self.oracle.count(obj, meter, since, now, used)
            if goes_on:
                counts = [w if c is None else c for w, c in zip(was[1], counts)]
            self.counts_read[key] = d["life"], counts
            self.since_read[key] = now
            self.gone.discard(key)
            if is_one:  # who runs is looked at next time
                self.last[key] = obj, d
        call = "SELECT meter_take('%s', '%s', %d, %d, %s);" % (
            source, json.dumps(readings), asked - self.boot_true, told - self.boot_true, is_one)
        if is_one:
            return self.clock(), call
        self.gone |= {k for k in self.counts_read if k[0] == source and k[1] not in there}
        for key in [k for k in self.gone if k[0] == source and self.since_read[k] < now - 86400 * 10**6]:
            self.gone.discard(key)
            del self.counts_read[key], self.since_read[key]
            self.told.pop(key, None)
        self.seen[source] = now
        for key in [k for k in self.last if k[0] == source]:
            del self.last[key]
        for name, (obj, d) in there.items():
            self.last[source, name] = obj, d
        for obj in self.oracle.sizes:
            if self.oracle.state.get(obj) != self.state_of(obj):
                self.change(obj, lambda: None)
        return self.clock(), call

    def close_due(self):
        month = next_month(self.oracle.last_close) if self.oracle.last_close else (2026, 1)
        while self.label() >= begin_of(next_month(month)) and (self.rnd.random() < .3 or
                                                                self.label() > begin_of(next_month(month)) + 86400 * 10**6):
            self.transaction(["SELECT bill_close_month('%d-%02d-01');" % month])
            self.oracle.close(month, self.label())
            month = next_month(month)


def psql(text, *args):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", *args], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def check_bills(oracle):
    wrong = 0
    for month, expected in sorted(oracle.bills.items()):
        day = "%d-%02d-01" % month
        got = {}
        for line in psql("SELECT row_to_json(t) FROM (SELECT ve, enterprise, meter, state, late, quantity::text, cents, "
                         "(extract(epoch FROM lower(valid)) * 1000000)::bigint AS start FROM bill_line "
                         "WHERE month = '%s') t;" % day).splitlines():
            r = json.loads(line)
            got[r["ve"], r["enterprise"], r["meter"], r["state"], r["late"], r["start"]] = int(r["quantity"]), r["cents"]
        want = {k[:5] + (k[5][0] if k[5] else None,): v for k, v in expected.items()}
        for key in sorted(set(got) | set(want), key=str):
            if got.get(key) != want.get(key):
                wrong += 1
                if wrong < 10:
                    print("%s %s: ledger %s, oracle %s" % (day, key, got.get(key), want.get(key)))
        if psql("SELECT is_kept AND is_reproduced FROM bill_verify('%s');" % day).strip() != "t":
            wrong += 1
            print("%s cannot be made again" % day)
        print("%s: %d lines, %d late, %d cents" % (day, len(got), sum(k[4] for k in got), sum(c for _, c in got.values())))
    return wrong


def check_passed(oracle):
    """What is written is what has passed, whatever the clock has said."""
    wrong = 0
    for meter in RESERVED:
        got = dict(line.split("|") for line in psql(
            "SELECT object, sum(%s::numeric * meter_between(from_at, to_at)) FROM meter_interval WHERE %s > 0 GROUP BY 1;"
            % (meter, meter)).splitlines())
        for obj, m in oracle.passed:
            if m == meter and int(got.get(obj, 0)) != oracle.passed[obj, m]:
                wrong += 1
                print("%s of %s: ledger %s, oracle %s" % (meter, obj, got.get(obj), oracle.passed[obj, m]))
    return wrong


def check_usage():
    """The same in hours, in days and in months."""
    end = psql("SELECT bill_end(max(month)) FROM bill_close;").strip()
    sums = {by: psql("SELECT ve, enterprise, meter, state, sum(quantity) FROM meter_usage(NULL, NULL, '2026-01-01Z', "
                     "'%s', '%s') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;" % (end, by))
            for by in ("hour", "day", "month")}
    billed = psql("SELECT nullif(ve, ''), nullif(enterprise, ''), meter, state, sum(quantity) FROM bill_line "
                  "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;")
    if len(set(sums.values())) != 1 or sums["month"] != billed:
        print("hours, days, months and bills differ")
        return 1
    return 0


def main():
    seed, events = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    history = History(seed, events)
    psql("\n".join(["\\o /dev/null"] + history.sql))
    wrong = check_bills(history.oracle) + check_passed(history.oracle) + check_usage()
    print("seed %d: %d events, %d differences" % (seed, events, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
