"""The rules of the page `rules`, in its order: each function gives the findings of one unit."""
import datetime

from kinds import KINDS
from model import ASSET_KINDS, NEED_KINDS, RANK, county, in_a_village, is_urban, until, without_blanks

LISTS = ['missed', 'wrongly_exited', 'non_eligible', 'vetoed', 'ledger', 'villages', 'quality']
SINCE = datetime.date(2014, 1, 1)
POVERTY_LINES = {2010: 2300, 2011: 2536, 2012: 2625, 2013: 2736, 2014: 2800, 2015: 2855, 2016: 2952, 2017: 2952,
                 2018: 2995, 2019: 3218, 2020: 4000}
ASSET_DATES = {'property': 'acquired_on', 'vehicle': 'registered_on', 'business': 'established_on',
               'machine': 'registered_on'}
ASSET_RULES = {'N1': 'property', 'N2': 'vehicle', 'N3': 'business', 'N4': 'payroll', 'N5': 'machine'}


class Rule:
    def __init__(self, name, list_, severity, needs=(), any_of=(), uses=()):
        self.name, self.list, self.severity = name, list_, severity
        self.needs, self.any_of = set(needs), set(any_of)
        self.uses = set(uses) | self.any_of | {'death'}
        if list_ == 'missed':
            self.uses |= set(ASSET_KINDS) | {'relocation'}


RULES = {r.name: r for r in [
    Rule('M1', 'missed', 'high', ['housing'], uses=['civil', 'disability']),
    Rule('M2', 'missed', 'high', ['education']),
    Rule('M3', 'missed', 'medium', ['housing'], uses=['civil', 'disability']),
    Rule('M4', 'missed', 'medium', ['civil']),
    Rule('M5', 'missed', 'low', ['disability']),
    Rule('M6', 'missed', 'medium', ['medical']),
    Rule('M7', 'missed', 'medium'),
    Rule('M8', 'missed', 'medium', any_of=['civil', 'housing', 'disability']),
    Rule('W1', 'wrongly_exited', 'high', ['housing'], uses=['property', 'relocation']),
    Rule('W2', 'wrongly_exited', 'high'),
    Rule('W3', 'wrongly_exited', 'low', ['housing']),
    Rule('W4', 'wrongly_exited', 'high', ['education']),
    Rule('W5', 'wrongly_exited', 'medium', ['insurance']),
    Rule('W6', 'wrongly_exited', 'low', ['civil']),
    Rule('W7', 'wrongly_exited', 'medium'),
    Rule('N1', 'non_eligible', 'high', ['property']),
    Rule('N2', 'non_eligible', 'high', ['vehicle']),
    Rule('N3', 'non_eligible', 'high', ['business']),
    Rule('N4', 'non_eligible', 'high', ['payroll']),
    Rule('N5', 'non_eligible', 'medium', ['machine']),
    Rule('N6', 'non_eligible', 'high'),
    Rule('N7', 'non_eligible', 'high', uses=NEED_KINDS),
    Rule('N8', 'non_eligible', 'medium', any_of=ASSET_KINDS),
    Rule('N9', 'non_eligible', 'low', uses=ASSET_KINDS),
    Rule('N10', 'non_eligible', 'low', ['marriage']),
    Rule('N11', 'non_eligible', 'medium'),
    Rule('N12', 'non_eligible', 'medium', ['relocation'], uses=NEED_KINDS),
    Rule('N13', 'non_eligible', 'low', ['residence']),
    Rule('N14', 'non_eligible', 'low', ['payroll'], uses=NEED_KINDS),
    Rule('L1', 'ledger', 'medium', any_of=NEED_KINDS),
    Rule('L2', 'ledger', 'medium', any_of=NEED_KINDS, uses=ASSET_KINDS),
    Rule('V1', 'villages', 'medium'),
    Rule('Q2', 'quality', 'low'),
    Rule('Q3', 'quality', 'low'),
    Rule('Q4', 'quality', 'low'),
    Rule('Q5', 'quality', 'low'),
    Rule('Q7', 'quality', 'medium'),
    Rule('Q8', 'quality', 'low'),
    Rule('Q9', 'quality', 'low', ['housing']),
    Rule('Q10', 'quality', 'low', ['civil']),
    Rule('Q11', 'quality', 'low'),
]}


class Finding:
    """evidence is a list of (person, row); subject is a household, a person's id or a village's code"""

    def __init__(self, rule, unit, subject, evidence, core=False, severity=None, nature=''):
        self.rule, self.unit, self.subject = rule, unit, subject
        self.list = RULES[rule].list
        self.evidence = list(dict.fromkeys(evidence))
        self.core, self.nature = core, nature
        self.severity = severity or RULES[rule].severity
        self.low_confidence = False
        self.note = ''
        self.size = None

    def rows(self):
        return list(dict.fromkeys(r for _, r in self.evidence))

    def veto(self, nature, evidence):
        self.list, self.core, self.nature = 'vetoed', False, nature
        self.evidence = list(dict.fromkeys(self.evidence + evidence))

    def at_most_medium(self):
        if self.severity == 'high':
            self.severity = 'medium'


def confidence(m, f):
    if f.low_confidence:
        return 'low'
    if f.rule[0] in 'VQ' or not f.evidence:
        return 'high'
    return max((m.witness(r, p) for p, r in f.evidence), key=RANK.get)


def pairs(persons, rows_of):
    """(person, row) for every row of every person"""
    return [(p, r) for p in persons for r in rows_of(p)]


def core_when(f, condition):
    """a finding that does not meet the condition is not core and medium at most"""
    f.core = condition
    if not condition:
        f.at_most_medium()
    return f


# --- what is evaluated -----------------------------------------------------------------------

def missing_of(rule, there):
    """(kinds whose absence silences the rule, kinds it has to do without)"""
    silent = [k for k in KINDS if k in rule.needs and k not in there]
    if rule.any_of and not any(k in there for k in rule.any_of):
        silent += [k for k in KINDS if k in rule.any_of]
    partial = [k for k in KINDS if k in rule.uses and k not in there]
    return silent, [] if silent else partial


def evaluated(there):
    return {r.name for r in RULES.values() if not missing_of(r, there)[0]}


def find_all(m):
    """every finding of the rules that are evaluated"""
    on = evaluated(m.kinds_there)
    findings = []
    for h in m.households.values():
        if not h.collective:
            findings += missed_of_household(m, h, on) + ledger_add(m, h)
    findings += omitted_members(m) + without_household(m)
    splits = splits_of(m)
    for r in m.registries.values():
        if r.exited:
            findings += wrongly_exited(m, r)
        findings += non_eligible(m, r, on, splits) + quality_of_registry(m, r)
    findings += villages(m) + quality_of_persons(m)
    return [f for f in findings if f.rule in on]


# --- missed ----------------------------------------------------------------------------------

def missed_of_household(m, h, on):
    """M1 to M6"""
    rural = [p for p in h.persons if m.rural(p)]
    if not rural or m.anyone_registered(h):
        return []
    found = unsafe_house_of_family(m, h)
    for rule, rows_of in (('M2', m.dropout), ('M4', m.aid), ('M5', m.severe), ('M6', m.heavy)):
        evidence = pairs(rural, rows_of)
        if evidence:
            found.append(Finding(rule, 'hukou', h, evidence, core=rule == 'M2'))
    found = [f for f in found if f.rule in on]
    return mark_missed(m, h, found) if found else []


def unsafe_house_of_family(m, h):
    """M1, or M3"""
    unsafe = pairs(h.persons, m.unsafe)
    if not unsafe:
        return []
    aid, severe = pairs(h.persons, m.aid), pairs(h.persons, m.severe)
    if aid or severe or any(r.v['object'] not in (None, 'other') for _, r in unsafe):
        return [Finding('M1', 'hukou', h, unsafe + aid + severe, core=True)]
    return [Finding('M3', 'hukou', h, unsafe)]


def mark_missed(m, h, found):
    """maybe_registered, and the vetoes"""
    maybe = m.maybe_registered(h)
    assets = m.known_assets(h.persons)
    elsewhere = m.housed_elsewhere(h.persons)
    for f in found:
        if maybe:
            f.nature, f.low_confidence, f.core = 'maybe_registered', True, False
            f.at_most_medium()
        if assets:
            f.veto('asset', assets)
        elif f.rule in ('M1', 'M3') and elsewhere:
            f.veto('other_house', elsewhere)
    return found


def omitted_members(m):
    """M7"""
    omitted = {}
    for h in m.households.values():
        registered = [p for p in h.persons if m.registered(p)]
        of = list(dict.fromkeys(r for p in registered for r in m.memberships[p]))
        if h.collective or len(of) != 1 or not of[0].active:
            continue
        persons = [p for p in h.persons if not m.registered(p) and m.rural(p)]
        omitted.setdefault(of[0], []).extend((p, m.home(p)) for p in persons)
    return [Finding('M7', 'registry', r, evidence) for r, evidence in omitted.items() if evidence]


def without_household(m):
    """M8"""
    found = []
    persons = dict.fromkeys(p for k in ('civil', 'housing', 'disability') for p in m.by_person[k])
    for p in persons:
        if m.dead(p) or m.registered(p) or (m.home(p) and not m.household(p).collective):
            continue
        rows = m.aid(p) + m.unsafe(p) + m.severe(p)
        if rows:
            f = Finding('M8', 'person', p, [(p, r) for r in rows])
            assets = m.known_assets([p])
            if assets:
                f.veto('asset', assets)
            found.append(f)
    return found


# --- wrongly exited --------------------------------------------------------------------------

def head_evidence(r):
    return [(r.head.person, r.head)]


def wrongly_exited(m, r):
    """W1 to W7"""
    alive = m.alive_members(r)
    if not alive:
        return []
    v = r.head.v
    found = exited_into_unsafe_house(m, r, alive) + exited_poor(r)
    surveyed = [h for p in alive for h in m.rows('housing', p) if until(h.v['surveyed_on'], m.as_of)]
    if v['exited_year'] is not None and v['exited_year'] <= 2015 and not surveyed:
        found.append(Finding('W3', 'registry', r, head_evidence(r)))
    dropouts = pairs(alive, m.dropout)
    if dropouts:
        found.append(Finding('W4', 'registry', r, dropouts, core=True))
    uninsured = [(p, i) for p in alive for i in m.rows('insurance', p) if i.v['insured'] is False]
    if uninsured:
        found.append(Finding('W5', 'registry', r, uninsured))
    if all(m.aid(p) for p in alive):
        found.append(Finding('W6', 'registry', r, pairs(alive, m.aid)))
    if None not in (v['exited_year'], v['entered_year']) and v['exited_year'] <= v['entered_year']:
        found.append(Finding('W7', 'registry', r, head_evidence(r)))
    return found


def exited_into_unsafe_house(m, r, alive):
    """W1"""
    unsafe = pairs(alive, m.unsafe)
    if not unsafe:
        return []
    nature = nature_of_house([h for _, h in unsafe], r.head.v['exited_year'])
    f = core_when(Finding('W1', 'registry', r, unsafe, nature=nature), nature != 'since_exit')
    elsewhere = m.housed_elsewhere(alive)
    if elsewhere:
        f.veto('other_house', elsewhere)
    return [f]


def nature_of_house(houses, exited_year):
    if exited_year is None:
        return 'undetermined'
    surveyed = [h.v['surveyed_on'] for h in houses]
    if any(s is not None and s.year <= exited_year for s in surveyed):
        return 'at_exit'
    return 'since_exit' if all(s is not None for s in surveyed) else 'undetermined'


def poverty_line(year):
    """in hundredths, None where unknown"""
    return POVERTY_LINES[year] * 100 if year in POVERTY_LINES else None


def exited_poor(r):
    """W2"""
    v = r.head.v
    line = poverty_line(v['exited_year'] if v['income_year'] is None else v['income_year'])
    if line is None or v['income'] is None or not 0 < v['income'] < line:
        return []
    if v['income_year'] is None or v['exited_year'] is None:
        nature = 'undetermined'
    else:
        nature = 'at_exit' if v['income_year'] <= v['exited_year'] else 'since_exit'
    return [core_when(Finding('W2', 'registry', r, head_evidence(r), nature=nature), nature != 'since_exit')]


# --- non eligible ----------------------------------------------------------------------------

def non_eligible(m, r, on, splits):
    """N1 to N14, and L1 beside N7"""
    ledger = move_to_ledger(m, r) if 'L1' in on and r.active else []
    found = dead_members(m, r) + registered_twice(m, r) + ledger
    if not ledger:
        found += converted(m, r)
    if r.active:
        alive = m.alive_members(r)
        family = m.family(r)
        found += assets_of_family(m, r, alive, family) + split_off(m, r, on, splits)
        found += divorced(m, r, alive) + away(m, r, alive)
        found += relocated(m, r, alive, family) + cadres(m, r, alive, family)
    return found


def assets_of_family(m, r, alive, family):
    """N1 to N5"""
    found = []
    for rule, kind in ASSET_RULES.items():
        evidence = m.assets(family, [kind])
        if not evidence:
            continue
        members = set(alive)
        own = [a for p, a in evidence if p in members]
        if rule == 'N1':
            own = [a for a in own if a.v['acquired_on'] is not None and a.v['acquired_on'] >= SINCE]
        nature = nature_of_assets(kind, [a for _, a in evidence], r.head.v['entered_year'])
        found.append(core_when(Finding(rule, 'registry', r, evidence, nature=nature), bool(own)))
    return found


def nature_of_assets(kind, rows, entered_year):
    dates = [r.v[ASSET_DATES[kind]] if kind in ASSET_DATES else None for r in rows]
    if entered_year is None:
        return 'undetermined'
    if any(d is not None and d.year < entered_year for d in dates):
        return 'wrongly_entered'
    if all(d is not None and d.year > entered_year for d in dates):
        return 'should_exit'
    return 'undetermined'


def dead_members(m, r):
    """N6"""
    dead = [p for p in r.members if m.dead(p)]
    evidence = []
    for p in dead:
        evidence += [(p, h) for h in m.rows('hukou', p) if h.v['state'] == 'dead']
        evidence += [(p, d) for d in m.deaths.get(p, [])]
    severity = 'high' if len(dead) == len(r.members) else 'medium'
    return [Finding('N6', 'registry', r, evidence, severity=severity)] if dead else []


def homes_of_alive_members(m, r):
    return [(p, m.home(p)) for p in m.alive_members(r) if m.home(p)]


def converted(m, r):
    """N7"""
    homes = homes_of_alive_members(m, r)
    if not homes or not all(is_urban(h) for _, h in homes):
        return []
    return [core_when(Finding('N7', 'registry', r, homes), r.active)]


def splits_of(m):
    """household -> the households it was split from or that were split from it, in the window"""
    splits = {}
    for h in m.households.values():
        other = m.households.get(h.split_from) if h.split_from else None
        if other and h is not other and h.split_on is not None and SINCE <= h.split_on <= m.as_of:
            splits.setdefault(h, []).append(other)
            splits.setdefault(other, []).append(h)
    return splits


def split_off(m, r, on, splits):
    """N8, or N9"""
    head = r.head.person
    h = m.household(head)
    if h is None or m.age(head) < 60 or h.collective or any(m.aged_18_to_59(p) for p in h.persons):
        return []
    able, adults = [], []
    for h0 in dict.fromkeys(splits.get(h, [])):
        aged = [p for p in h0.persons if m.aged_18_to_59(p)]
        if h0.collective or not aged or any(p in r.members for p in h0.persons):
            continue
        assets = m.known_assets(h0.persons)
        able += assets
        adults += [] if assets else [(p, m.home(p)) for p in aged]
    if able and 'N8' in on:
        return [Finding('N8', 'registry', r, able)]
    return [Finding('N9', 'registry', r, adults)] if adults and not able else []


def divorced(m, r, alive):
    """N10"""
    evidence = []
    for p in alive:
        for row in m.rows('marriage', p):
            if row.v['event'] != 'divorced' or row.v['on'] is None or not SINCE <= row.v['on'] <= m.as_of:
                continue
            s = other_of(row, p)
            if s in r.members or m.dead(s) or remarried(m, p, s, row.v['on']) or not same_address(m, p, s):
                continue
            evidence += [(p, row), (s, row)]
    return [Finding('N10', 'registry', r, evidence)] if evidence else []


def other_of(row, person):
    return row.v['id_b'] if row.v['id_a'] == person else row.v['id_a']


def remarried(m, p, s, since):
    return any(w.v['event'] == 'married' and other_of(w, p) == s and w.v['on'] is not None
               and since < w.v['on'] <= m.as_of for w in m.rows('marriage', p))


def same_address(m, p, s):
    a, b = m.home(p), m.home(s)
    if a is None or b is None or m.household(p) is m.household(s):
        return False
    address = without_blanks(a.v['address'])
    return (a.v['region'] is not None and a.v['region'] == b.v['region']
            and address != '' and address == without_blanks(b.v['address']))


def registered_twice(m, r):
    """N11"""
    twice = [p for p in r.members if len(m.memberships[p]) > 1]
    evidence = pairs(twice, lambda p: m.rows('registry', p))
    return [Finding('N11', 'registry', r, evidence)] if twice else []


def relocated(m, r, alive, family):
    """N12"""
    v = r.head.v
    entered, line = v['entered_year'], poverty_line(v['entered_year'])
    if v['relocation'] is not True or entered is None or entered < 2016 or v['category'] != 'general':
        return []
    if line is None or v['income'] is None or v['income'] < line:
        return []
    evidence = [(p, b) for p in alive for b in m.rows('relocation', p)
                if b.v['batch_year'] is not None and b.v['batch_year'] <= entered]
    if not evidence or any(m.need(p) for p in family):
        return []
    earlier = any(b.v['batch_year'] < entered for _, b in evidence)
    return [Finding('N12', 'registry', r, evidence, severity='medium' if earlier else 'low')]


def away(m, r, alive):
    """N13"""
    if not alive or r.region is None:
        return []
    latest = m.as_of - datetime.timedelta(days=365)

    def rows_of(p):
        return [w for w in m.rows('residence', p) if w.v['since'] is not None and w.v['since'] <= latest
                and w.v['region'] is not None and county(w.v['region']) != county(r.region)]
    if not all(rows_of(p) for p in alive):
        return []
    return [Finding('N13', 'registry', r, pairs(alive, rows_of))]


def cadres(m, r, alive, family):
    """N14"""
    evidence = [(p, w) for p in alive for w in m.rows('payroll', p)
                if w.v['post'] == 'village_cadre' and w.v['state'] == 'employed']
    if not evidence or any(m.need(p) for p in family):
        return []
    return [Finding('N14', 'registry', r, evidence)]


# --- ledger ----------------------------------------------------------------------------------

def move_to_ledger(m, r):
    """L1"""
    homes = homes_of_alive_members(m, r)
    alive = m.alive_members(r)
    if not homes or not all(is_urban(h) and in_a_village(h.v['region']) for _, h in homes):
        return []
    need = pairs(alive, m.need)
    if not need or any(m.urban_aid(p) for p in alive):
        return []
    return [Finding('L1', 'registry', r, need)]


def ledger_add(m, h):
    """L2"""
    if m.anyone_registered(h):
        return []
    for home in h.homes:
        on = home.v['converted_on']
        if not is_urban(home) or not in_a_village(home.v['region']) or on is None or on > m.as_of:
            return []
    need = pairs(h.persons, m.need)
    if not need or any(m.urban_aid(p) for p in h.persons) or m.known_assets(h.persons):
        return []
    return [Finding('L2', 'hukou', h, need)]


# --- villages --------------------------------------------------------------------------------

def villages(m):
    """V1"""
    by = {}
    for h in m.households.values():
        if not h.collective and h.region is not None and h.region[9:] != '000':
            by.setdefault(h.region, []).append(h)
    found = []
    for region, households in by.items():
        n = len(households)
        split = sum(1 for h in households if h.split_on is not None and SINCE <= h.split_on <= m.as_of)
        if n >= 50 and n >= 2 * (n - split):
            f = Finding('V1', 'village', region, [])
            f.note, f.size = 'all=%d split=%d' % (n, split), n
            found.append(f)
    return found


# --- quality ---------------------------------------------------------------------------------

def quality_of_registry(m, r):
    """Q5, Q10, Q11"""
    found = []
    if len({w.v['status'] for w in r.rows} - {None}) > 1:
        found.append(Finding('Q5', 'registry', r, [(w.person, w) for w in r.rows]))
    if r.active and r.head.v['category'] in ('dibao', 'wubao') and not any(m.aid(p) for p in m.alive_members(r)):
        found.append(Finding('Q10', 'registry', r, head_evidence(r)))
    refused = m.refused_by_household.get(r.household_no, [])
    if refused:
        f = Finding('Q11', 'registry', r, [])
        f.note = 'refused=%d' % len(refused)
        found.append(f)
    return found


def quality_of_persons(m):
    """Q2, Q3, Q4, Q7, Q8, Q9"""
    found = []
    for kinds, rule, rows_of in ((['registry'], 'Q2', other_names), (['hukou'], 'Q3', two_hukou),
                                 (['registry'], 'Q4', no_hukou), (['hukou'], 'Q7', dead_here_alive_there),
                                 (['registry'], 'Q8', weak_rows), (['housing'], 'Q9', house_against_registry)):
        for p in dict.fromkeys(p for k in kinds for p in m.by_person[k]):
            rows = rows_of(m, p)
            if rows:
                found.append(Finding(rule, 'person', p, [(p, r) for r in rows]))
    return found


def other_names(m, p):
    home = m.home(p)
    if home is None or not home.v['name']:
        return []
    rows = [r for r in m.rows('registry', p) if r.v['name'] and r.v['name'] != home.v['name']]
    return rows + [home] if rows else []


def two_hukou(m, p):
    rows = [r for r in m.rows('hukou', p) if r.v['state'] == 'normal']
    return rows if len({r.v['household_no'] for r in rows}) > 1 else []


def no_hukou(m, p):
    return [] if m.rows('hukou', p) else m.rows('registry', p)


def dead_here_alive_there(m, p):
    if m.home(p) is None:
        return []
    rows = [r for r in m.rows('death', p) if until(r.v['died_on'], m.as_of)]
    rows += [r for r in m.rows('hukou', p) if r.v['state'] == 'dead']
    return rows + [m.home(p)] if rows else []


def weak_rows(m, p):
    return [r for r in m.rows('registry', p) if r.people[0][1]]


def house_against_registry(m, p):
    house, h = m.house(p), m.household(p)
    if house is None:
        return []
    registered = m.registered(p)
    anyone = registered or (h is not None and m.anyone_registered(h))
    against = (house.v['object'] == 'registered_poor' and not anyone) or (house.v['object'] == 'other' and registered)
    return [house] if against else []
