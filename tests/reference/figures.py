"""The figures of the page `rules`."""
from model import is_rural, is_urban

LEVELS = ['all', 'county', 'township', 'village', 'village_class']
STATUS_UNKNOWN = 'unknown'


def cells_of(m, region):
    """(level, region) of everything that a unit of a region counts in"""
    yield 'all', ''
    if region is None:
        return
    for level, start, end in (('county', 0, 6), ('township', 6, 9), ('village', 9, 12)):
        if region[start:end].strip('0'):
            yield level, region[:end]
    village = m.villages.get(region)
    if village and village.v['poor'] is not None:
        yield 'village_class', 'poor' if village.v['poor'] else 'other'


class Sets:
    """(level, region) -> name -> the distinct things that count"""

    def __init__(self, m):
        self.m = m
        self.cells = {}

    def add(self, region, name, things):
        for cell in cells_of(self.m, region):
            self.cells.setdefault(cell, {}).setdefault(name, set()).update(things)


def count_all(m, findings):
    """rows of figures.csv: level, region, figure, value"""
    shown, hidden = Sets(m), Sets(m)
    count_households(m, shown, hidden)
    count_registries(m, shown, hidden)
    count_findings(m, findings, shown, hidden)
    count_houses(m, shown)
    rows = []
    for cell in dict.fromkeys(list(shown.cells) + list(hidden.cells)):
        counts = shown.cells.get(cell, {})
        rows += [cell + (name, str(len(things))) for name, things in counts.items() if things]
        rows += [cell + (name, value) for name, value in rates(counts, hidden.cells.get(cell, {}))]
    rows.sort(key=lambda r: (LEVELS.index(r[0]), r[1].encode(), r[2].encode()))
    return rows


def count_households(m, shown, hidden):
    for h in m.households.values():
        rural = [r.person for r in h.homes if is_rural(r)]
        shown.add(h.region, 'hukou_households', [h])
        shown.add(h.region, 'rural_population', rural)
        hidden.add(h.region, 'registered_rural', [p for p in rural if m.registered(p)])
        if rural and not h.collective:
            shown.add(h.region, 'rural_households', [h])


def count_registries(m, shown, hidden):
    for r in m.registries.values():
        status = r.status or STATUS_UNKNOWN
        alive = m.alive_members(r)
        shown.add(r.region, 'registry_households.' + status, [r])
        shown.add(r.region, 'registry_persons.' + status, alive)
        urban = [p for p in alive if m.home(p) and is_urban(m.home(p))]
        shown.add(r.region, 'converted_persons.' + status, urban)
        if not any(m.by_person[k].get(p) for p in r.members for k in m.kinds_there
                   if k not in ('registry', 'id_change', 'village')):
            shown.add(r.region, 'thin_households', [r])
        if alive and (r.active or r.exited):
            state = 'active' if r.active else 'exited'
            hidden.add(r.region, state + '_with_alive', [r])
            hidden.add(r.region, state + '_alive', alive)


def persons_of(m, f):
    if f.unit == 'registry':
        return m.alive_members(f.subject)
    return f.subject.persons if f.unit == 'hukou' else [f.subject] if f.unit == 'person' else []


def count_findings(m, findings, shown, hidden):
    core_wrong, core_non_eligible, any_wrong = set(), set(), set()
    for f in findings:
        for name in (f.list, '%s.%s' % (f.list, f.rule)):
            shown.add(f.region, 'findings.' + name, [f])
            if f.core:
                shown.add(f.region, 'core.' + name, [f])
            if f.unit in ('registry', 'hukou'):
                shown.add(f.region, 'households.' + name, [f.subject])
            if f.unit != 'village':
                shown.add(f.region, 'persons.' + name, persons_of(m, f))
        if f.core and f.list == 'missed' and f.unit == 'hukou':
            hidden.add(f.region, 'core_missed', [f.subject])
            hidden.add(f.region, 'core_missed_persons', f.subject.persons)
        if f.list == 'wrongly_exited':
            (core_wrong if f.core else any_wrong).add(f.subject)
        if f.core and f.list == 'non_eligible' and f.subject.active:
            core_non_eligible.add(f.subject)
        if f.rule in ('N7', 'L1') and f.subject.active:
            hidden.add(f.region, 'converted', m.alive_members(f.subject))
    count_core(m, hidden, core_wrong, core_non_eligible)
    for r in any_wrong - core_wrong:
        shown.add(r.region, 'follow_up_households', [r])


def count_core(m, hidden, core_wrong, core_non_eligible):
    for r in core_wrong:
        hidden.add(r.region, 'core_wrong', [r])
        hidden.add(r.region, 'core_wrong_persons', m.alive_members(r))
    for r in core_non_eligible:
        hidden.add(r.region, 'core_non_eligible', [r])
        hidden.add(r.region, 'core_non_eligible_persons', m.alive_members(r))
    for r in m.registries.values():
        if r.active and r not in core_non_eligible:
            hidden.add(r.region, 'active_alive_net', m.alive_members(r))


def count_houses(m, shown):
    for p in m.by_person['housing']:
        house = m.unsafe_house(p)
        if house:
            h, rs = m.household(p), m.memberships.get(p, [])
            registered = m.registered(p) or (h is not None and m.anyone_registered(h))
            regions = [house.v['region'], h.region if h else None, rs[0].region if rs else None]
            name = 'unsafe_houses.%s.%s.%s' % (house.v['object'] or 'unknown', house.v['grade'],
                                               'registered' if registered else 'unregistered')
            shown.add(next((r for r in regions if r), None), name, [p])


def rates(counts, hidden):
    """(name, value) of every rate whose denominator is not 0"""
    def size(name):
        return len(hidden.get(name) or counts.get(name) or ())

    def union(*names):
        return len(set().union(*(hidden.get(n, ()) for n in names)))

    rural_households, rural = size('rural_households'), size('rural_population')
    fractions = [
        ('lead_missed_rate', size('core_missed'), rural_households),
        ('lead_missed_rate_persons', size('core_missed_persons'), rural - size('registered_rural')),
        ('lead_wrongly_exited_rate', size('core_wrong'), size('exited_with_alive')),
        ('lead_wrongly_exited_rate_persons', size('core_wrong_persons'), size('exited_alive')),
        ('lead_wrongly_exited_share', size('core_wrong'), rural_households),
        ('lead_non_eligible_rate', size('core_non_eligible'), size('active_with_alive')),
        ('lead_non_eligible_rate_persons', size('core_non_eligible_persons'), size('active_alive')),
        ('poverty_incidence', size('active_alive'), rural),
        ('lead_comprehensive_incidence', union('active_alive', 'core_missed_persons', 'core_wrong_persons'), rural),
        ('lead_comprehensive_incidence_net',
         union('active_alive_net', 'core_missed_persons', 'core_wrong_persons'), rural),
        ('converted_share_points', 100 * size('converted'), rural),
    ]
    return [(name, six_decimals(n, d)) for name, n, d in fractions if d > 0]


def six_decimals(n, d):
    """rounded half away from zero"""
    millionths = (2 * n * 10 ** 6 + d) // (2 * d)
    return '%d.%06d' % (millionths // 10 ** 6, millionths % 10 ** 6)


RATES = ['lead_missed_rate', 'lead_missed_rate_persons', 'lead_wrongly_exited_rate', 'lead_wrongly_exited_rate_persons',
         'lead_wrongly_exited_share', 'lead_non_eligible_rate', 'lead_non_eligible_rate_persons', 'poverty_incidence',
         'lead_comprehensive_incidence', 'lead_comprehensive_incidence_net', 'converted_share_points']
