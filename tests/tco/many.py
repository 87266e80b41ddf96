#!/usr/bin/python3
"""many.py FOLDER COUNT SEED - a case of many enterprises with all a case may
have: growth, prices that rise, lives that end early, figures of their own,
load, and usage that was not reserved. FOLDER/case.yaml names the rest."""

import random
import sys

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
r = random.Random(seed)
PARAMETERS = """
finance.horizon 7 year
finance.discount_rate 7.25 %/year
finance.uncertainty 15 %
finance.growth 4 %/year
finance.price_increase 2.5 %/year
finance.labour_increase 3.1 %/year
finance.hardware_change -6 %/year
finance.orders 120000 orders/year
energy.tariff 0.187 EUR/kWh
energy.pue 1.58 1
energy.carbon_intensity 0.328 kgCO2e/kWh
energy.embodied 1450 kgCO2e/server
people.fte_cost 57600 EUR/year
people.servers_per_admin 30 servers/FTE
people.domains_per_admin 80 domains/FTE
server.price 5890 EUR
server.port_price 410 EUR
server.life 4 year
server.residual 8 %
server.resale 40 %
server.idle_power 95 W
server.max_power 310 W
server.utilisation 11 %
server.support 560 EUR/year
server.space 290 EUR/year
server.network 35 EUR/year
server.licences 77 EUR/year
server.backup_volume 450 GB
server.backup_price 0.019 EUR/GB/month
platform.host_price 21500 EUR
platform.shared_capex 33000 EUR
platform.life 5 year
platform.residual 5 %
platform.idle_power 210 W
platform.max_power 520 W
platform.utilisation 45 %
platform.support 11 %/year
platform.space 48 EUR/host/month
platform.backup 4100 EUR/year
platform.network 900 EUR/year
platform.licences 2500 EUR/year
platform.spare_hosts 1 hosts
platform.migration 650 EUR/domain
platform.project 15000 EUR
host.cpu 32 cores
host.ram 512 GiB
host.iops 90000 IOPS
host.target_cpu 70 %
host.target_ram 85 %
host.target_iops 60 %
soft.downtime_cost 150 EUR/minute
soft.downtime_dedicated 500 minutes/year
soft.downtime_platform 120 minutes/year
soft.provisionings 40 machines/year
soft.provisioning_dedicated 10 h/machine
soft.provisioning_platform 2 h/machine
soft.labour_rate 33.5 EUR/h
weight.cpu 35 %
weight.ram 30 %
weight.storage 20 %
weight.iops 5 %
weight.network 8 %
weight.requests 2 %
capacity.cpu 900000 core-h/year
capacity.ram 9000000 GiB-h/year
capacity.storage 90000 GB-month/year
capacity.iops 40000000 IOPS-h/year
"""
UNITS = {"cpu": "core-h", "ram": "GiB-h", "storage": "GB-month", "iops": "IOPS-h", "network": "GB",
         "requests": "requests"}
METERS = [("cpu.reserved", 9000), ("cpu.used", 8000), ("ram.reserved", 90000), ("storage.reserved", 900),
          ("storage.used", 950), ("iops.used", 300000), ("network.used", 700), ("requests.used", 900000)]
OWN = [("server.price", 4000, 9000, "EUR"), ("server.life", 3, 6, "year"), ("energy.tariff", 0, 1, "EUR/kWh"),
       ("server.utilisation", 5, 30, "%"), ("people.servers_per_admin", 12, 40, "servers/FTE")]


def parameter(name, value, unit):
    return f'{{ name: {name}, value: {value}, unit: "{unit}" }}'


with open(f"{folder}/case.yaml", "w", encoding="utf-8") as out:
    out.write("title: Many \"enterprises\" & all a case may have\ncurrency: EUR\nusage: usage.csv\nload: load.csv\n"
              "period: { from: 2026-03-01, months: 5 }\nenterprises:\n")
    for i in range(count):
        own = ""
        if i % 7 == 3:
            name, low, high, unit = OWN[i // 7 % len(OWN)]
            value = r.randint(low, high) if high > 1 else round(r.uniform(0.1, 0.4), 4)
            own = f", parameters: [{parameter(name, value, unit)}]"
        out.write(f"  - {{ name: e{i}, title: Enterprise {i}, servers: {r.randint(1, 9)}, domains: {r.randint(1, 7)}"
                  f"{own} }}\n")
    out.write("parameters:\n")
    for line in PARAMETERS.strip().splitlines():
        out.write(f"  - {parameter(*line.split(' ', 2))}\n")
with open(f"{folder}/usage.csv", "w", encoding="utf-8") as out:
    out.write("enterprise,meter,quantity,unit\n")
    for i in range(count):
        for meter, most in METERS:
            if r.random() < 0.9:
                out.write(f"e{i},{meter},{r.uniform(0, most):.3f},{UNITS[meter.split('.')[0]]}\n")
with open(f"{folder}/load.csv", "w", encoding="utf-8") as out:
    out.write("time,enterprise,resource,value,unit\n")
    for hour in range(24):
        for i in range(count):
            for resource, most, unit in (("cpu", 6, "cores"), ("ram", 40, "GiB"), ("iops", 4000, "IOPS")):
                out.write(f"2026-03-01T{hour:02}:00:00Z,e{i},{resource},{r.uniform(0, most):.2f},{unit}\n")
