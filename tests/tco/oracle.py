#!/usr/bin/env python3
"""oracle.py - the method of docs/tco.md once more, and random cases for both.

oracle.py HANSE-TCO CASES [SEED]

Written from the method, not from the program: machines are bought and thrown
away one by one. Every figure of money must be the same to the cent.
"""
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction as F

OWN = ['server.price', 'server.port_price', 'server.life', 'server.residual', 'server.resale',
       'server.utilisation', 'server.support', 'server.space', 'server.backup_volume', 'server.network',
       'energy.tariff', 'energy.pue', 'people.servers_per_admin']
RESOURCES = ['cpu', 'ram', 'storage', 'iops', 'network', 'requests']
ALLOCATED = RESOURCES[:4]
UNITS = {'cpu': 'core-h', 'ram': 'GiB-h', 'storage': 'GB-month', 'iops': 'IOPS-h', 'network': 'GB',
         'requests': 'requests'}
LOAD = {'cpu': 'cores', 'ram': 'GiB', 'iops': 'IOPS', 'network': 'Gbit/s'}


def cents(value):
    """Halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * math.floor(abs(value) * 100 + F(1, 2))


def split(total, amounts):
    """Largest remainders; of equal ones the first."""
    whole = [math.floor(a * 100) for a in amounts]
    order = sorted(range(len(amounts)), key=lambda i: (whole[i] - amounts[i] * 100, i))
    for i in order[:total - sum(whole)]:
        whole[i] += 1
    return whole


class Machines:
    """One kind of hardware, piece by piece: when bought, at what price."""

    def __init__(self, need, price, life, residual, change, years):
        self.years, self.life, self.residual = years, life, residual
        self.pieces = []
        self.cost = [F(0)] * (years + 1)
        for t in range(years):
            serving = sum(1 for s, _ in self.pieces if s + life > t)
            for _ in range(max(0, need[t + 1] - serving)):
                self.pieces.append((t, price * (1 + change) ** t))
                self.cost[t] += self.pieces[-1][1]

    def depreciation(self, year):
        return sum(p * (1 - self.residual) / self.life for s, p in self.pieces if s < year <= s + self.life)

    def worth(self, t):
        total = F(0)
        for s, p in self.pieces:
            end = min(s + self.life, self.years)
            if end == t:
                total += p - p * (1 - self.residual) * F(end - s, self.life)
        return total


class Model:
    """All of the method, from a case."""

    def __init__(self, case):
        self.case = case
        self.n = int(self.p('finance.horizon'))
        self.machines = []
        self.resale = []
        self.dedicated()
        self.platform()
        self.cash()

    def p(self, name, enterprise=None):
        if enterprise is not None and name in enterprise['own']:
            return F(enterprise['own'][name])
        return F(self.case['parameters'].get(name, '0'))

    def pc(self, name, enterprise=None):
        return self.p(name, enterprise) / 100

    def count(self, today, year):
        return math.ceil(today * (1 + self.pc('finance.growth')) ** (year - 1))

    def index(self, line, year):
        rate = 'finance.labour_increase' if line == 'people' else 'finance.price_increase'
        return (1 + self.pc(rate)) ** (year - 1)

    def dedicated(self):
        self.alone = []
        self.own_lines = [{} for _ in range(self.n + 1)]
        change = self.pc('finance.hardware_change')
        for e in self.case['enterprises']:
            def get(name, e=e):
                return self.p(name, e)
            watts = get('server.idle_power') + get('server.utilisation') / 100 * (
                get('server.max_power') - get('server.idle_power'))
            lines = {
                'support': get('server.support'),
                'energy': watts * F(8760, 1000) * get('energy.pue') * get('energy.tariff'),
                'space': get('server.space'),
                'people': get('people.fte_cost') / get('people.servers_per_admin'),
                'backup': get('server.backup_volume') * get('server.backup_price') * 12,
                'network': get('server.network'),
                'licences': get('server.licences'),
            }
            need = [0] + [self.count(e['servers'], y) for y in range(1, self.n + 1)]
            m = Machines(need, get('server.price') + get('server.port_price'), int(get('server.life')),
                         get('server.residual') / 100, change, self.n)
            self.machines.append(m)
            self.resale.append(get('server.resale') / 100)
            self.alone.append(sum(lines.values()) * e['servers'] + m.depreciation(1))
            for y in range(1, self.n + 1):
                for line, cost in lines.items():
                    self.own_lines[y][line] = self.own_lines[y].get(line, 0) + cost * need[y] * self.index(line, y)

    def hosts(self, year):
        grown = (1 + self.pc('finance.growth')) ** (year - 1)
        spare = int(self.p('platform.spare_hosts'))
        if 'platform.hosts' in self.case['parameters']:
            return math.ceil((int(self.p('platform.hosts')) - spare) * grown) + spare
        most = 1
        for resource in LOAD:
            sums = {}
            for time, _, what, value in self.case['load']:
                if what == resource:
                    sums[time] = sums.get(time, 0) + F(value)
            if sums:
                room = self.p('host.' + resource) * self.pc('host.target_' + resource)
                most = max(most, math.ceil(max(sums.values()) * grown / room))
        return most + spare

    def platform(self):
        life, residual = int(self.p('platform.life')), self.pc('platform.residual')
        change = self.pc('finance.hardware_change')
        need = [0] + [self.hosts(y) for y in range(1, self.n + 1)]
        shared = self.p('platform.shared_capex')
        self.kit = [Machines(need, self.p('platform.host_price'), life, residual, change, self.n),
                    Machines([0] + [1] * self.n, shared, life, residual, change, self.n)]
        self.migration = self.p('platform.project') + self.p('platform.migration') * sum(
            e['domains'] for e in self.case['enterprises'])
        watts = self.p('platform.idle_power') + self.pc('platform.utilisation') * (
            self.p('platform.max_power') - self.p('platform.idle_power'))
        self.lines = [{}]
        for y in range(1, self.n + 1):
            domains = sum(self.count(e['domains'], y) for e in self.case['enterprises'])
            lines = {
                'support': self.pc('platform.support') * (need[y] * self.p('platform.host_price') + shared),
                'energy': need[y] * watts * F(8760, 1000) * self.p('energy.pue') * self.p('energy.tariff'),
                'space': need[y] * self.p('platform.space') * 12,
                'people': (need[y] / self.p('people.servers_per_admin') +
                           domains / self.p('people.domains_per_admin')) * self.p('people.fte_cost'),
                'backup': self.p('platform.backup'),
                'network': self.p('platform.network'),
                'licences': self.p('platform.licences'),
            }
            self.lines.append({line: cost * self.index(line, y) for line, cost in lines.items()})
        self.annual = [sum(self.lines[y].values()) + sum(k.depreciation(y) for k in self.kit) +
                       self.migration / self.n for y in range(1, self.n + 1)]
        self.own_annual = [sum(self.own_lines[y].values()) + sum(m.depreciation(y) for m in self.machines)
                           for y in range(1, self.n + 1)]

    def cash(self):
        r = self.pc('finance.discount_rate')
        self.flows, self.npv = {}, {}
        for timing in ('refresh_due', 'just_bought'):
            flows = []
            for t in range(self.n + 1):
                net = -sum(k.cost[t] for k in self.kit)
                for m, resale in zip(self.machines, self.resale):
                    net += m.cost[t] * (resale if timing == 'just_bought' and t == 0 else 1)
                if t == 0:
                    net -= self.migration
                else:
                    net += sum(self.own_lines[t].values()) - sum(self.lines[t].values())
                net += sum(k.worth(t) for k in self.kit) - sum(m.worth(t) for m in self.machines)
                flows.append(net)
            self.flows[timing] = flows
            self.npv[timing] = sum(f / (1 + r) ** t for t, f in enumerate(flows))

    def bills(self):
        share = F(self.case['months'], 12)
        total = self.annual[0] * share
        direct = [F(0)] * len(self.alone)
        for resource in RESOURCES:
            cost = total * self.pc('weight.' + resource)
            charged = [max([F(u) for what, u in e['usage'] if what.startswith(resource + '.')], default=F(0))
                       for e in self.case['enterprises']]
            by = sum(charged)
            if resource in ALLOCATED and 'capacity.' + resource in self.case['parameters']:
                by = max(by, self.p('capacity.' + resource) * share)
            for i, q in enumerate(charged):
                direct[i] += cost * q / by if by else 0
        idle, alone = total - sum(direct), [a * share for a in self.alone]
        n = len(alone)

        def parts(of):
            return [idle * x / sum(of) if sum(of) else idle / n for x in of]
        rules = {
            'operator': direct,
            'proportional': [d + i for d, i in zip(direct, parts(direct))],
            'even': [d + idle / n for d in direct],
            'stand-alone': [d + i for d, i in zip(direct, parts(alone))],
            'equal-percent': [total * a / sum(alone) for a in alone],
        }
        return {name: split(cents(total), exact + [idle if name == 'operator' else F(0)])
                for name, exact in rules.items()}


def any_case(dice):
    """A case that hanse-tco accepts, of a size that people have."""
    def number(low, high, places=2):
        return str(Decimal(dice.randint(low * 10 ** places, high * 10 ** places)).scaleb(-places))
    p = {
        'finance.horizon': str(dice.randint(3, 10)), 'finance.discount_rate': number(0, 15),
        'finance.uncertainty': '20', 'energy.tariff': number(0, 1), 'energy.pue': number(1, 2),
        'people.fte_cost': number(20000, 90000, 0), 'people.servers_per_admin': number(5, 60),
        'people.domains_per_admin': number(20, 200), 'server.price': number(1000, 15000),
        'server.port_price': number(0, 900), 'server.life': str(dice.randint(1, 9)),
        'server.idle_power': number(50, 200), 'server.max_power': number(200, 600),
        'server.utilisation': number(0, 100), 'server.support': number(0, 2000), 'server.space': number(0, 900),
        'server.backup_volume': number(0, 2000), 'server.backup_price': number(0, 1),
        'platform.host_price': number(5000, 40000), 'platform.life': str(dice.randint(1, 9)),
        'platform.idle_power': number(50, 300), 'platform.max_power': number(300, 900),
        'platform.utilisation': number(0, 100), 'platform.support': number(0, 20), 'platform.space': number(0, 300),
        'platform.backup': number(0, 9000), 'platform.spare_hosts': str(dice.randint(0, 2)),
        'platform.migration': number(0, 4000),
    }
    optional = {
        'finance.growth': number(-9, 25), 'finance.price_increase': number(-3, 9),
        'finance.labour_increase': number(-3, 9), 'finance.hardware_change': number(-15, 9),
        'server.residual': number(0, 30), 'server.resale': number(0, 60), 'server.network': number(0, 500),
        'server.licences': number(0, 900), 'platform.shared_capex': number(0, 50000),
        'platform.residual': number(0, 30), 'platform.network': number(0, 9000),
        'platform.licences': number(0, 9000), 'platform.project': number(0, 20000),
    }
    p.update({k: v for k, v in optional.items() if dice.random() < .5})
    case = {'parameters': p, 'months': dice.randint(1, 24), 'enterprises': [], 'load': []}
    cuts = sorted(dice.randint(0, 10000) for _ in range(len(RESOURCES) - 1))
    for resource, low, high in zip(RESOURCES, [0] + cuts, cuts + [10000]):
        p['weight.' + resource] = str(Decimal(high - low).scaleb(-2))
        if resource in ALLOCATED:
            p['capacity.' + resource] = number(100, 100000)
    for i in range(dice.randint(1, 7)):
        meters = [r + kind for r in RESOURCES for kind in ('.reserved', '.used') if r in ALLOCATED or kind == '.used']
        case['enterprises'].append({
            'name': f'e{i}', 'servers': dice.randint(0 if i else 1, 9), 'domains': dice.randint(1, 9),
            'own': {k: p.get(k, optional.get(k)) for k in OWN if dice.random() < .1},
            'usage': [(m, number(0, 20000)) for m in meters if dice.random() < .7]})
        for k in case['enterprises'][-1]['own']:
            if k in ('server.price', 'server.space'):
                case['enterprises'][-1]['own'][k] = number(100, 9000)
    if dice.random() < .5:
        p['platform.hosts'] = str(int(p['platform.spare_hosts']) + dice.randint(1, 9))
    else:
        for resource in LOAD:
            if dice.random() < .7 or resource == 'cpu':
                p['host.' + resource] = number(1, 200)
                p['host.target_' + resource] = number(40, 100)
                case['load'] += [(f'2026-01-01T{h:02}:00:00Z', e['name'], resource, number(0, 100))
                                 for h in range(4) for e in case['enterprises'] if dice.random() < .9]
    return case


def write(case, kinds, folder):
    """The case as the files that hanse-tco reads."""
    def param(name, value):
        return json.dumps({'name': name, 'value': value, 'unit': kinds[name].replace('CUR', 'EUR')})
    lines = ['title: Random', 'currency: EUR', 'usage: usage.csv',
             'period: { from: 2026-01-01, months: %d }' % case['months']]
    if case['load']:
        lines.append('load: load.csv')
    lines.append('enterprises:')
    for e in case['enterprises']:
        own = ', '.join(param(k, v) for k, v in e['own'].items())
        lines.append('  - { name: %s, servers: %d, domains: %d, parameters: [ %s ] }' % (
            e['name'], e['servers'], e['domains'], own))
    lines.append('parameters:')
    lines += ['  - ' + param(k, v) for k, v in case['parameters'].items()]
    rows = ['enterprise,meter,quantity,unit'] + [
        f'{e["name"]},{m},{q},{UNITS[m.split(".")[0]]}' for e in case['enterprises'] for m, q in e['usage']]
    load = ['time,enterprise,resource,value,unit'] + [
        f'{t},{e},{r},{v},{LOAD[r]}' for t, e, r, v in case['load']]
    for name, text in (('case.yaml', lines), ('usage.csv', rows), ('load.csv', load)):
        with open(os.path.join(folder, name), 'w') as file:
            file.write('\n'.join(text) + '\n')


def compare(model, out):
    """What differs: a list of (figure, ours, theirs)."""
    bad = []

    def same(what, ours, theirs):
        if ours != theirs:
            bad.append((what, ours, theirs))

    def money(what, ours, theirs):
        same(what, cents(ours), int(Decimal(theirs) * 100))
    for a, d in zip(model.alone, out['dedicated']):
        money('alone ' + d['enterprise'], a, d['annual'])
    for y, year in enumerate(out['years'], 1):
        for line in model.lines[y]:
            money(f'own {line} {y}', model.own_lines[y][line], year['dedicated'][line])
            money(f'platform {line} {y}', model.lines[y][line], year['platform'][line])
        money(f'own {y}', model.own_annual[y - 1], year['dedicated_annual'])
        money(f'platform {y}', model.annual[y - 1], year['platform_annual'])
    for timing in model.flows:
        for t, flow in enumerate(model.flows[timing]):
            money(f'{timing} {t}', flow, out[timing]['flows'][t]['net'])
        money(timing, model.npv[timing], out[timing]['npv'])
        returns(model.flows[timing], out[timing], float(model.pc('finance.discount_rate')), same)
    for rule, want in model.bills().items():
        got = [b['rules'][rule]['bill'] for b in out['showback']['bills']] + [out['showback']['rules'][rule]['operator']]
        same(rule, want, [int(Decimal(g) * 100) for g in got])
    return bad


def returns(flows, out, rate, same):
    signs = [f > 0 for f in flows if f != 0]
    turns = sum(a != b for a, b in zip(signs, signs[1:]))
    same('turns', turns, out['sign_changes'])
    same('IRR or none', turns == 1 and not signs[0], out['irr'] is not None)
    if out['irr'] is not None:
        irr = float(out['irr'])
        size = sum(abs(float(f)) / (1 + irr) ** t for t, f in enumerate(flows))
        same('IRR', True, abs(sum(float(f) / (1 + irr) ** t for t, f in enumerate(flows))) < 1e-5 * size)
    if out['mirr'] is not None:
        n = len(flows) - 1
        gain = sum(float(f) * (1 + rate) ** (n - t) for t, f in enumerate(flows) if f > 0)
        cost = -sum(float(f) / (1 + rate) ** t for t, f in enumerate(flows) if f < 0)
        same('MIRR', True, abs((gain / cost) ** (1 / n) - 1 - float(out['mirr'])) < 1e-6)


def main():
    program, cases, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    listed = subprocess.run([program, 'parameters'], capture_output=True, text=True, check=True).stdout
    kinds = {row.split()[0]: row.split()[1] for row in listed.splitlines()[1:]}
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(cases):
            case = any_case(dice)
            write(case, kinds, folder)
            run = subprocess.run([program, 'report', '--case', os.path.join(folder, 'case.yaml'), '-o', 'json',
                                  '--draws', '1'], capture_output=True, text=True, check=False)
            if run.returncode != 0:
                sys.exit(f'case {number}: {run.stderr}')
            bad = compare(Model(case), json.loads(run.stdout))
            for what, ours, theirs in bad[:10]:
                print(f'case {number}: {what}: {ours} here, {theirs} there')
            if bad:
                with open(os.path.join(folder, 'case.yaml')) as file:
                    print(file.read())
                sys.exit(1)
    print(f'{cases} random cases alike')


main()
