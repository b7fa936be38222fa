"""The terms of the page `rules`: persons, households, houses, assets, need. One method a term."""
import datetime

from kinds import KINDS
from types_ import BLANKS, age

COLLECTIVE_SIZE = 12
MACHINE_POWER = 33 * 100
HEAVY_COST = 20000 * 100
ASSET_KINDS = ['property', 'vehicle', 'business', 'payroll', 'machine']
NEED_KINDS = ['civil', 'disability', 'housing', 'education', 'medical']
RANK = {'low': 0, 'medium': 1, 'high': 2}


def county(region):
    return region[:6] if region else ''


def in_a_village(region):
    return region is not None and '200' <= region[9:] <= '399'


def until(day, as_of):
    """null or <= D"""
    return day is None or day <= as_of


def without_blanks(text):
    return ''.join(c for c in text if c not in BLANKS) if text else ''


def first_head(rows):
    """the first row with relation head, else the first"""
    return next((r for r in rows if r.v['relation'] == 'head'), rows[0])


def is_rural(home):
    return home.v['type'] == 'rural' or (home.v['type'] == 'resident' and in_a_village(home.v['region']))


def is_urban(home):
    return home.v['type'] == 'urban'


class Hukou:
    """a hukou household: its alive persons and their home rows, in the order of rows"""
    unit = 'hukou'

    def __init__(self, key, homes):
        self.key = key
        self.county, self.household_no = key
        self.homes = homes
        self.persons = [r.person for r in homes]
        self.head = first_head(homes)
        self.region = self.head.v['region']
        self.unit_no = '%s-%s' % key
        split = next((r for r in homes if r.v['split_on'] is not None), None)
        self.split_on = split.v['split_on'] if split else None
        self.split_from = (self.county, split.v['split_from']) if split and split.v['split_from'] else None
        self.collective = len(homes) > COLLECTIVE_SIZE or any(r.v['type'] == 'collective' for r in homes)


class Registry:
    """a registry household"""
    unit = 'registry'

    def __init__(self, household_no, rows):
        self.unit_no = self.household_no = household_no
        self.rows = rows
        self.members = list(dict.fromkeys(r.person for r in rows))
        self.head = first_head(rows)
        self.region = self.head.v['region']
        self.status = self.head.v['status']
        self.active = self.status in ('poor', 'relapsed')
        self.exited = self.status == 'exited'


class Model:
    def __init__(self, extracts):
        self.as_of = extracts.as_of
        self.extracts = extracts
        self.kinds_there = [k for k in KINDS if k in extracts.rows]
        self.by_person = {}             # kind -> person -> rows
        for kind in KINDS:
            self.by_person[kind] = self.group(extracts.rows.get(kind, []))
        self.find_names()
        self.find_registries()
        self.find_dead()
        self.find_households()
        self.find_refused()
        self.kept = {}
        self.villages = {}
        for row in extracts.rows.get('village', []):
            self.villages.setdefault(row.v['code'], row)

    @staticmethod
    def group(rows):
        by = {}
        for row in rows:
            for number in dict.fromkeys(p[0] for p in row.people):
                by.setdefault(number, []).append(row)
        return by

    def rows(self, kind, person):
        return self.by_person[kind].get(person, [])

    # --- persons -------------------------------------------------------------------------

    def find_names(self):
        self.homes, self.names = {}, {}
        for person, rows in self.by_person['hukou'].items():
            home = next((r for r in rows if r.v['state'] == 'normal'), None)
            if home:
                self.homes[person] = home

    def home(self, person):
        return self.homes.get(person)

    def reference_name(self, person):
        if person not in self.names:
            home = self.home(person)
            rows = ([home] if home else []) + self.rows('registry', person) + self.rows('hukou', person)
            self.names[person] = next((r.v['name'] for r in rows if r.v['name']), None)
        return self.names[person]

    def witness(self, row, person):
        name, reference = row.v.get('name'), self.reference_name(person)
        if name and reference:
            return 'high' if name == reference else 'low'
        weak = any(p[1] for p in row.people if p[0] == person)
        return 'low' if weak else 'medium'

    def borne_out(self, row, person):
        return self.witness(row, person) != 'low'

    def find_dead(self):
        self.deaths = {}                # person -> the death rows that make them dead
        for person, rows in self.by_person['death'].items():
            made = [r for r in rows if self.makes_dead(r, person)]
            if made:
                self.deaths[person] = made
        self.dead_by_hukou = {p for p, rows in self.by_person['hukou'].items()
                              if p not in self.homes and any(r.v['state'] == 'dead' for r in rows)}

    def makes_dead(self, row, person):
        if not until(row.v['died_on'], self.as_of):
            return False
        witness = self.witness(row, person)
        return witness == 'high' or (witness == 'medium' and self.home(person) is None)

    def dead(self, person):
        return person in self.dead_by_hukou or person in self.deaths

    def alive(self, person):
        return not self.dead(person)

    def age(self, person):
        return age(person, self.as_of)

    def aged_18_to_59(self, person):
        return 18 <= self.age(person) <= 59

    def rural(self, person):
        home = self.home(person)
        return home is not None and is_rural(home)

    # --- households ----------------------------------------------------------------------

    def find_households(self):
        homes = {}
        for row in self.extracts.rows['hukou']:
            if self.homes.get(row.person) is row and self.alive(row.person):
                homes.setdefault((county(row.v['region']), row.v['household_no']), []).append(row)
        self.households = {key: Hukou(key, rows) for key, rows in homes.items()}
        self.household_by_person = {p: h for h in self.households.values() for p in h.persons}

    def household(self, person):
        """the household of somebody alive with a home, else None"""
        return self.household_by_person.get(person)

    def find_registries(self):
        rows = {}
        for row in self.extracts.rows['registry']:
            rows.setdefault(row.v['household_no'], []).append(row)
        self.registries = {no: Registry(no, r) for no, r in rows.items()}
        self.memberships = {}           # person -> registry households, the first first
        for p, rs in self.by_person['registry'].items():
            self.memberships[p] = [self.registries[no] for no in dict.fromkeys(r.v['household_no'] for r in rs)]

    def registered(self, person):
        return person in self.memberships

    def anyone_registered(self, household):
        return any(self.registered(p) for p in household.persons)

    def alive_members(self, registry):
        return [p for p in registry.members if self.alive(p)]

    def family(self, registry):
        members = self.alive_members(registry)
        family = dict.fromkeys(members)
        for p in members:
            h = self.household(p)
            if h and not h.collective:
                family.update(dict.fromkeys(h.persons))
        return list(family)

    def find_refused(self):
        self.refused_by_name, self.refused_by_household = {}, {}
        for refused in self.extracts.refused_members:
            if refused.name:
                self.refused_by_name.setdefault(refused.name, []).append(refused)
            self.refused_by_household.setdefault(refused.household_no, []).append(refused)

    def maybe_registered(self, household):
        for home in household.homes:
            for refused in self.refused_by_name.get(home.v['name'], []):
                same_region = refused.region is not None and refused.region == home.v['region']
                if same_region or refused.first15 == home.person[:15]:
                    return True
        return False

    # --- houses --------------------------------------------------------------------------

    def house(self, person):
        latest = None
        for row in self.rows('housing', person):
            if until(row.v['surveyed_on'], self.as_of):
                if latest is None or self.survey(row) >= self.survey(latest):
                    latest = row
        return latest

    @staticmethod
    def survey(row):
        return row.v['surveyed_on'] or datetime.date.min

    def renovated(self, house):
        renovated, on = house.v['renovated'], house.v['renovated_on']
        return (renovated is True or (renovated is None and on is not None)) and until(on, self.as_of)

    def unsafe_house(self, person):
        house = self.house(person)
        unsafe = house is not None and house.v['grade'] in ('C', 'D') and not self.renovated(house)
        return house if unsafe else None

    def housed_elsewhere(self, persons):
        """(person, row) that say so"""
        return [(p, r) for p in persons for r in self.other_houses(p) if self.borne_out(r, p)]

    def other_houses(self, person):
        house = self.house(person)
        if house and (house.v['grade'] in ('A', 'B') or self.renovated(house)):
            yield house
        for r in self.rows('property', person):
            if r.v['use'] in ('commodity', 'resettlement') and until(r.v['acquired_on'], self.as_of):
                yield r
        for r in self.rows('relocation', person):
            if r.v['batch_year'] is not None and r.v['batch_year'] <= self.as_of.year:
                yield r

    # --- assets --------------------------------------------------------------------------

    def is_asset(self, row):
        return getattr(self, 'is_%s_asset' % row.kind)(row.v)

    def is_property_asset(self, v):
        return v['use'] in ('commodity', 'shop', 'office') and until(v['acquired_on'], self.as_of)

    def is_vehicle_asset(self, v):
        return v['type'] in ('car', 'large') and v['state'] == 'normal' and until(v['registered_on'], self.as_of)

    def is_business_asset(self, v):
        return (v['role'] in ('legal_rep', 'shareholder') and v['state'] == 'active'
                and until(v['established_on'], self.as_of) and (v['company'] is None or '合作社' not in v['company']))

    def is_payroll_asset(self, v):
        return v['post'] in ('civil_servant', 'institution', 'soe') and v['state'] in ('employed', 'retired')

    def is_machine_asset(self, v):
        strong = v['power'] is not None and v['power'] >= MACHINE_POWER
        return (v['type'] == 'large' or strong) and until(v['registered_on'], self.as_of)

    def assets(self, persons, kinds=ASSET_KINDS):
        """(person, row) of every asset row"""
        return [(p, r) for p in persons for k in kinds for r in self.rows(k, p) if self.is_asset(r)]

    def known_assets(self, persons):
        """those with witness high or medium"""
        return [(p, r) for p, r in self.assets(persons) if self.borne_out(r, p)]

    # --- need ----------------------------------------------------------------------------

    def aid_in_force(self, person, aids):
        return [r for r in self.rows('civil', person)
                if r.v['state'] == 'active' and until(r.v['started_on'], self.as_of) and r.v['aid'] in aids]

    def aid(self, person):
        return self.aid_in_force(person, ('rural_dibao', 'dispersed_tekun', 'central_tekun'))

    def urban_aid(self, person):
        return self.aid_in_force(person, ('urban_dibao',))

    def severe(self, person):
        return [r for r in self.rows('disability', person) if r.v['cert'][19] in '12']

    def dropout(self, person):
        if not 6 <= self.age(person) <= 15:
            return []
        return [r for r in self.rows('education', person) if r.v['state'] == 'dropout']

    def heavy(self, person):
        heavy = []
        for year in (self.as_of.year - 1, self.as_of.year):
            rows = [r for r in self.rows('medical', person) if r.v['year'] == year and r.v['self_paid'] is not None]
            if rows and sum(r.v['self_paid'] for r in rows) >= HEAVY_COST:
                heavy += rows
        return heavy

    def unsafe(self, person):
        house = self.unsafe_house(person)
        return [house] if house else []

    def need(self, person):
        """all need rows of a person"""
        return (self.aid(person) + self.unsafe(person) + self.severe(person) + self.dropout(person)
                + self.heavy(person))

    # --- places --------------------------------------------------------------------------

    def person_region(self, person, evidence_rows):
        """of home(p), else of p's first R, else of the first evidence row, the first that is known"""
        home = self.home(person)
        regions = [home.v['region']] if home else []
        regions += [r.region for r in self.memberships.get(person, [])[:1]]
        regions += [r.v.get('region') for r in sorted(evidence_rows, key=lambda r: r.place)]
        return next((r for r in regions if r), None)
