-- core.sql: what one would run in DuckDB instead, for six of the rules: M1, M4, W1, N1, N2, N6 with their vetoes, from seven kinds.
-- Written by hand, for speed, on 2 threads. The opponent of bench.py: frozen; its hash stands in opponents.sha256.
--
-- DuckDB is started in the folder that gets findings.csv; file_search_path is the folder with the extracts.
-- The day is 2017-11-26. Answers: all columns that tests/parity compares, of all lists in which these rules stand.
--
-- How it gains its time
-- * each extract is read once, only the columns that are asked for, with types that are told; the row's line is its rowid + 2
-- * an id is one number: its 18 digits, or minus its first 17 where the check digit is X. So equal numbers are equal ids
-- * of the 34 million rows of hukou only those of people who matter are looked at again: rows of members and of people with aid or
--   an unsafe house (by id), then the people of their households (by household), then whether that is these people's home (by id)
-- * an id is tested only where it can matter: who equals a tested id is tested. So most rows are never tested
-- * spellings are told apart by CASE: IN with many words is a join, and after a join rows are in no order
-- * names are compared, duplicates found, numbers made text, for the evidence alone
--
-- What it may leave undone, in its favour (the program does all of it, and the invented extracts do not show it)
-- * extracts are UTF-8 with commas, columns in the order of the contract, no line end inside quotes; no row is refused for its shape
-- * id_change is not asked (nor has the program this kind in the comparison)
-- * household numbers of hukou are numbers without leading zeros
-- * of duplicates only the columns that are read here are compared, as they are spelt
-- * nothing is accounted for: no refused or invalid value is listed, no share stops the run; no figures, no other lists,
--   no texts, no hashes of evidence, no names of villages

SET memory_limit = '8GB';

-- Values -----------------------------------------------------------------------------------------------------------------------

-- GB 11643: the sum of the first 17 digits with their weights; the 18th; the number as it is kept
CREATE MACRO sum11(p) AS (p // 10000000000000000 * 7 + p // 1000000000000000 % 10 * 9 + p // 100000000000000 % 10 * 10
  + p // 10000000000000 % 10 * 5 + p // 1000000000000 % 10 * 8 + p // 100000000000 % 10 * 4 + p // 10000000000 % 10 * 2
  + p // 1000000000 % 10 + p // 100000000 % 10 * 6 + p // 10000000 % 10 * 3 + p // 1000000 % 10 * 7 + p // 100000 % 10 * 9
  + p // 10000 % 10 * 10 + p // 1000 % 10 * 5 + p // 100 % 10 * 8 + p // 10 % 10 * 4 + p % 10 * 2) % 11;
CREATE MACRO check_digit(p) AS (12 - sum11(p)) % 11;
CREATE MACRO completed(p) AS CASE WHEN check_digit(p) = 10 THEN -p ELSE p * 10 + check_digit(p) END;
CREATE MACRO digits17(k) AS CASE WHEN k < 0 THEN -k ELSE k // 10 END;
CREATE MACRO id_text(k) AS CASE WHEN k < 0 THEN (-k)::VARCHAR || 'X' ELSE k::VARCHAR END;

-- 18 places as they should be; else blanks, Excel's mark, full width, small letters and 15 places are seen to
CREATE MACRO plain_id(id) AS CASE WHEN strlen(id) <> 18 THEN NULL WHEN suffix(id, 'X') THEN -TRY_CAST(left(id, 17) AS BIGINT)
  ELSE TRY_CAST(id AS BIGINT) END;
CREATE MACRO folded_id(id) AS regexp_replace(regexp_replace(upper(translate(id, '０１２３４５６７８９ＸｘХх×', '0123456789XXXXX')),
  '[\s　-]', '', 'g'), '^''', '');
CREATE MACRO in_17(id) AS regexp_replace(id, '^(\d{6})(\d{9})$', '\119\2');
CREATE MACRO odd_id(id) AS CASE WHEN regexp_full_match(id, '\d{17}') THEN completed(TRY_CAST(id AS BIGINT)) ELSE plain_id(id) END;
CREATE MACRO key_of(id) AS COALESCE(plain_id(id), CASE WHEN id IS NOT NULL THEN CASE WHEN strlen(id) <> 17 THEN odd_id(in_17(folded_id(id))) END END);
CREATE MACRO is_weak(id) AS suffix(id, '000') OR strlen(id) <> 18 AND regexp_full_match(folded_id(id), '\d{15}');

CREATE MACRO valid(k) AS (k BETWEEN 100000000000000000 AND 999999999999999999 OR -k BETWEEN 10000000000000000 AND 99999999999999999)
  AND digits17(k) // 1000000000000000 % 10 BETWEEN CASE digits17(k) // 10000000000000000 WHEN 5 THEN 0 ELSE 1 END
    AND CASE digits17(k) // 10000000000000000 WHEN 1 THEN 5 WHEN 2 THEN 3 WHEN 3 THEN 7 WHEN 4 THEN 6 WHEN 5 THEN 4 WHEN 6 THEN 5 WHEN 7 THEN 1
      WHEN 8 THEN 3 ELSE -1 END
  AND digits17(k) // 1000 % 100000000 BETWEEN 19000101 AND 20171126 AND digits17(k) // 100000 % 100 BETWEEN 1 AND 12
  AND digits17(k) // 1000 % 100 BETWEEN 1 AND CASE
    WHEN digits17(k) // 100000 % 100 IN (4, 6, 9, 11) THEN 30
    WHEN digits17(k) // 100000 % 100 <> 2 THEN 31
    WHEN digits17(k) // 10000000 % 10000 % 4 = 0 AND digits17(k) // 10000000 % 10000 <> 1900 THEN 29 ELSE 28 END
  AND completed(digits17(k)) = k;

CREATE MACRO region_of(t) AS CASE strlen(t) WHEN 12 THEN COALESCE(TRY_CAST(t AS BIGINT), 0) WHEN 9 THEN COALESCE(TRY_CAST(t AS BIGINT) * 1000, 0)
  WHEN 6 THEN COALESCE(TRY_CAST(t AS BIGINT) * 1000000, 0) ELSE 0 END;
CREATE MACRO year_of(t) AS TRY_CAST(left(t, 4) AS SMALLINT);
CREATE MACRO date_of(t) AS COALESCE(TRY_CAST(t AS DATE), CASE WHEN t IS NOT NULL THEN TRY_CAST(regexp_replace(regexp_replace(t,
  '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3'), '^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([ T].*)?$', '\1-\2-\3') AS DATE) END);
CREATE MACRO name_of(t) AS NULLIF(upper(regexp_replace(translate(t, '•・.．‧･Ａａ', '······AA'), '[\s　]', '', 'g')), '');
CREATE MACRO by_day(d) AS d IS NULL OR d <= DATE '2017-11-26';

-- How well the name bears a row out: 2 high, 1 medium, 0 low
CREATE MACRO witness(name, reference, weak) AS CASE WHEN name = reference THEN 2
  WHEN name_of(name) IS NULL OR name_of(reference) IS NULL THEN CASE WHEN weak THEN 0 ELSE 1 END
  WHEN name_of(name) = name_of(reference) THEN 2 ELSE 0 END;

CREATE MACRO rows_in(file, cols) AS TABLE FROM read_csv(file, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
  columns = cols);

-- Reading ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE registry AS SELECT *, no IS NOT NULL AND k IS NOT NULL AND valid(k) AS ok FROM (
  SELECT no, name, id, key_of(id) AS k, is_weak(id) AS weak, relation IS NOT NULL AND relation IN ('户主', '本人') AS head,
    CASE status WHEN '已脱贫' THEN 'exited' WHEN '脱贫' THEN 'exited' WHEN '稳定脱贫' THEN 'exited' WHEN '已脱贫（享受政策）' THEN 'exited'
      WHEN '已脱贫（不再享受政策）' THEN 'exited' WHEN '已脱贫(享受政策)' THEN 'exited' WHEN '已脱贫(不再享受政策)' THEN 'exited'
      WHEN '未脱贫' THEN 'active' WHEN '返贫' THEN 'active' END AS status,
    year_of(entered) AS entered, year_of(exited) AS exited, region_of(region) AS region
  FROM rows_in('registry.csv', {'no': 'VARCHAR', 'person_no': 'VARCHAR', 'name': 'VARCHAR', 'id': 'VARCHAR', 'relation': 'VARCHAR',
    'category': 'VARCHAR', 'status': 'VARCHAR', 'entered': 'VARCHAR', 'exited': 'VARCHAR', 'income': 'VARCHAR', 'income_year': 'VARCHAR',
    'relocation': 'VARCHAR', 'region': 'VARCHAR', 'address': 'VARCHAR'}));

-- type: 1 rural, 2 urban, 3 resident, 4 collective; state: 0 normal, 1 dead
CREATE TABLE hukou AS SELECT key_of(id) AS k, TRY_CAST(no AS BIGINT) AS no, region_of(region) AS region, name,
  CASE type WHEN '农业家庭户' THEN 1::UTINYINT WHEN '农业' THEN 1::UTINYINT WHEN '农业户口' THEN 1::UTINYINT WHEN '农业户' THEN 1::UTINYINT
    WHEN '非农业家庭户' THEN 2::UTINYINT WHEN '非农业' THEN 2::UTINYINT WHEN '非农业户口' THEN 2::UTINYINT WHEN '非农' THEN 2::UTINYINT
    WHEN '非农业户' THEN 2::UTINYINT WHEN '城镇' THEN 2::UTINYINT WHEN '居民家庭户' THEN 3::UTINYINT WHEN '居民' THEN 3::UTINYINT
    WHEN '居民户口' THEN 3::UTINYINT WHEN '家庭户' THEN 3::UTINYINT WHEN '家庭户口' THEN 3::UTINYINT WHEN '集体户' THEN 4::UTINYINT
    WHEN '集体户口' THEN 4::UTINYINT WHEN '非农业集体户' THEN 4::UTINYINT WHEN '农业集体户' THEN 4::UTINYINT END AS type,
  CASE WHEN state IS NULL OR state = '正常' THEN 0::UTINYINT WHEN state IN ('死亡', '死亡注销') THEN 1::UTINYINT END AS state,
  is_weak(id) AS weak
FROM rows_in('hukou.csv', {'no': 'VARCHAR', 'name': 'VARCHAR', 'id': 'VARCHAR', 'relation': 'VARCHAR', 'type': 'VARCHAR',
  'converted_on': 'VARCHAR', 'split_on': 'VARCHAR', 'split_from': 'VARCHAR', 'state': 'VARCHAR', 'region': 'VARCHAR', 'address': 'VARCHAR'});

-- kind: 1 rural aid, 2 urban
CREATE TABLE civil AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, CASE aid WHEN '农村低保' THEN 1 WHEN '分散供养特困' THEN 1
    WHEN '集中供养特困' THEN 1 WHEN '城市低保' THEN 2 WHEN '散居五保' THEN 1 WHEN '分散供养' THEN 1 WHEN '集中五保' THEN 1 WHEN '集中供养' THEN 1 END AS kind,
  (state IS NULL OR state IN ('在享', '正常')) AND by_day(date_of(started)) AS active, hash(aid, state, started, amount, region) AS rest
FROM rows_in('civil.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'aid': 'VARCHAR', 'state': 'VARCHAR', 'started': 'VARCHAR', 'amount': 'VARCHAR',
  'region': 'VARCHAR'});

CREATE TABLE death AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, date_of(died_on) AS died_on
FROM rows_in('death.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'died_on': 'VARCHAR'});

CREATE TABLE housing AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, upper(left(grade, 1)) AS grade,
  CASE renovated WHEN '是' THEN true WHEN '有' THEN true WHEN '已改造' THEN true WHEN '否' THEN false WHEN '无' THEN false
    WHEN '未改造' THEN false END AS renovated,
  date_of(renovated_on) AS renovated_on, CASE object WHEN '建档立卡贫困户' THEN true WHEN '低保户' THEN true WHEN '分散供养特困人员' THEN true
    WHEN '散居五保户' THEN true WHEN '贫困残疾人家庭' THEN true ELSE false END AS four, date_of(surveyed_on) AS surveyed_on, hash(object, region) AS rest
FROM rows_in('housing.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'grade': 'VARCHAR', 'renovated': 'VARCHAR', 'renovated_on': 'VARCHAR',
  'object': 'VARCHAR', 'surveyed_on': 'VARCHAR', 'region': 'VARCHAR'});

CREATE TABLE property AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, CASE use WHEN '商品房' THEN 'flat' WHEN '住宅' THEN 'flat'
    WHEN '成套住宅' THEN 'flat' WHEN '商铺' THEN 'shop' WHEN '门面' THEN 'shop' WHEN '商业' THEN 'shop' WHEN '办公' THEN 'shop' WHEN '安置房' THEN 'safe' END AS use,
  date_of(acquired_on) AS dated, hash(use, area) AS rest
FROM rows_in('property.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'use': 'VARCHAR', 'area': 'VARCHAR', 'acquired_on': 'VARCHAR'});

CREATE TABLE vehicle AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, CASE type WHEN '小型轿车' THEN true WHEN '小型普通客车' THEN true
    WHEN '小型汽车' THEN true WHEN '轿车' THEN true WHEN '大型汽车' THEN true WHEN '大型客车' THEN true WHEN '重型货车' THEN true WHEN '中型货车' THEN true
    ELSE false END AND (state IS NULL OR state = '正常') AS asset, date_of(registered_on) AS dated, hash(type, plate) AS rest
FROM rows_in('vehicle.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'plate': 'VARCHAR', 'type': 'VARCHAR', 'registered_on': 'VARCHAR',
  'state': 'VARCHAR'});

-- People who are asked about -----------------------------------------------------------------------------------------------------

CREATE TABLE member AS SELECT no, k FROM registry WHERE ok GROUP BY ALL;

CREATE TABLE book AS -- a registry household, by its head row
SELECT r.no, status, entered, exited FROM registry AS r JOIN (
  SELECT COALESCE(min(rowid) FILTER (head), min(rowid)) AS first FROM registry WHERE ok GROUP BY no) ON r.rowid = first;

CREATE TABLE house AS -- the last survey of each; of duplicates the first stands
SELECT k, r + 2 AS line, name, weak, four, surveyed_on, COALESCE(grade IN ('C', 'D') AND NOT renovated_by_day, false) AS unsafe,
  COALESCE(grade IN ('A', 'B'), false) OR renovated_by_day AS safe FROM (
  SELECT *, COALESCE((renovated OR renovated IS NULL AND renovated_on IS NOT NULL) AND by_day(renovated_on), false) AS renovated_by_day
  FROM (SELECT k, name, weak, grade, renovated, renovated_on, four, surveyed_on, rest, min(rowid) AS r FROM housing
    WHERE k IS NOT NULL AND by_day(surveyed_on) GROUP BY ALL)
  QUALIFY row_number() OVER (PARTITION BY k ORDER BY surveyed_on DESC NULLS LAST, r DESC) = 1);

CREATE TABLE needy AS SELECT DISTINCT k FROM (SELECT k FROM civil WHERE kind = 1 AND active AND k IS NOT NULL UNION ALL SELECT k FROM house
  WHERE unsafe);
CREATE TABLE asked AS SELECT k FROM needy UNION SELECT k FROM member;

CREATE TABLE near AS SELECT k, rowid AS r, no, region, name, type, state, weak FROM hukou SEMI JOIN asked USING (k) WHERE no IS NOT NULL;
CREATE TABLE near_home AS SELECT k, no, region // 1000000 AS county, name, r FROM near WHERE state = 0 QUALIFY row_number() OVER (PARTITION BY k
  ORDER BY r) = 1;

CREATE TABLE near_named AS -- those of whom a death is told: their reference name
SELECT n.k, h.k IS NOT NULL AS housed, COALESCE(h.name, r.name, f.name) AS name
FROM (SELECT k FROM near WHERE state = 1 UNION SELECT k FROM death SEMI JOIN asked USING (k)) AS n LEFT JOIN near_home AS h USING (k)
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM registry WHERE ok AND name IS NOT NULL GROUP BY k) AS r USING (k)
  LEFT JOIN (SELECT k, arg_min(name, r) AS name FROM near WHERE name IS NOT NULL GROUP BY k) AS f USING (k);

CREATE TABLE near_death AS -- the rows that make somebody dead
SELECT k, 'death.csv' AS file, line, witness FROM (
  SELECT k, line, witness(d.name, n.name, weak) AS witness, housed
  FROM (SELECT k, name, weak, min(rowid) + 2 AS line FROM death WHERE by_day(died_on) GROUP BY k, name, weak, died_on) AS d JOIN near_named AS n
    USING (k))
WHERE witness = 2 OR witness = 1 AND NOT housed
UNION ALL
SELECT k, 'hukou.csv', line, witness(h.name, n.name, weak) FROM (
  SELECT k, name, weak, min(r) + 2 AS line FROM near WHERE state = 1 GROUP BY k, name, weak, no, region, type) AS
    h JOIN near_named AS n USING (k);

CREATE TABLE near_dead AS SELECT DISTINCT k FROM near_death ANTI JOIN (SELECT k, 'hukou.csv' AS file FROM near_home) USING (k, file);

CREATE TABLE living_member AS SELECT m.no AS book, m.k, h.no, h.county, h.name AS home_name, status FROM member AS m JOIN book USING (no)
  LEFT JOIN near_home AS h USING (k) ANTI JOIN near_dead AS d ON m.k = d.k;

-- Households -----------------------------------------------------------------------------------------------------------------------
-- Those of the living and needy in which nobody is registered, and those of the members of active registry households.

CREATE TABLE wanted AS
SELECT h.no, h.county, false AS registered FROM near_home AS h SEMI JOIN needy USING (k) ANTI JOIN near_dead USING (k)
  ANTI JOIN (SELECT no, county FROM living_member WHERE no IS NOT NULL) AS r ON h.no = r.no AND h.county = r.county GROUP BY ALL
UNION ALL SELECT DISTINCT no, county, true FROM living_member WHERE status = 'active' AND no IS NOT NULL;

CREATE TABLE beside AS SELECT k, h.rowid AS r, w.no, w.county, registered, type, region, name FROM hukou AS h
  JOIN wanted AS w ON h.no = w.no AND h.region // 1000000 = w.county WHERE state = 0;

-- whose home it is: a person's home may be another household's row
CREATE TABLE at_home AS SELECT b.* FROM beside AS b JOIN (
  SELECT k, r FROM near_home UNION ALL
  SELECT k, min(rowid) FROM hukou SEMI JOIN (SELECT k FROM beside ANTI JOIN asked USING (k)) USING (k) WHERE state = 0 AND no IS NOT NULL GROUP BY k
) AS home USING (k, r) ANTI JOIN near_dead USING (k) WHERE valid(k);

CREATE TABLE nameless AS -- whom their home does not name: the first name in the registry, else in hukou
WITH n AS (SELECT k FROM at_home WHERE name IS NULL UNION SELECT k FROM living_member WHERE home_name IS NULL)
SELECT k, COALESCE(r.name, f.name) AS name FROM n
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM registry SEMI JOIN n USING (k) WHERE ok AND name IS NOT NULL GROUP BY k) AS r USING (k)
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM hukou SEMI JOIN n USING (k) WHERE name IS NOT NULL GROUP BY k) AS f USING (k);

CREATE TABLE named AS SELECT k, no, county, registered, type = 1 OR type = 3 AND region % 1000 BETWEEN 200 AND 399 AS rural, type = 4 AS common,
  region,
  h.name, COALESCE(h.name, n.name) AS reference FROM at_home AS h LEFT JOIN nameless AS n USING (k);

CREATE TABLE person AS FROM named ANTI JOIN (
  SELECT k FROM death AS d JOIN named AS h USING (k) WHERE by_day(died_on) AND witness(d.name, reference, d.weak) = 2) USING (k);

CREATE TABLE household AS SELECT no, county, bool_or(rural) AS rural FROM person GROUP BY ALL HAVING count(*) <= 12 AND NOT COALESCE(bool_or(common),
  false);

-- Rows of people who are asked about, with what their names are worth ------------------------------------------------------------------

CREATE TABLE known AS -- the people of these households, and living members wherever they live
SELECT k, reference AS name FROM person UNION ALL
SELECT DISTINCT k, COALESCE(home_name, name) FROM (SELECT k, home_name FROM living_member ANTI JOIN person USING (k)) LEFT JOIN nameless USING (k);

CREATE TABLE said AS -- what: asset, aid, unsafe, safe
SELECT k, what, file, line, witness(s.name, n.name, weak) AS witness, dated, kind, four FROM (
  SELECT k, 'asset' AS what, 'property.csv' AS file, min(rowid) + 2 AS line, name, weak, dated, 1 AS kind, false AS four FROM property
    SEMI JOIN known USING (k)
    WHERE use IN ('flat', 'shop') AND by_day(dated) GROUP BY k, name, weak, use, dated, rest
  UNION ALL
  SELECT k, 'asset', 'vehicle.csv', min(rowid) + 2, name, weak, dated, 2, false FROM vehicle SEMI JOIN known USING (k)
    WHERE asset AND by_day(dated) GROUP BY k, name, weak, dated, rest
  UNION ALL
  SELECT k, 'safe', 'property.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM property SEMI JOIN known USING (k)
    WHERE use IN ('flat', 'safe') AND by_day(dated) GROUP BY k, name, weak, use, dated, rest
  UNION ALL
  SELECT k, 'aid', 'civil.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM civil SEMI JOIN known USING (k)
    WHERE kind = 1 AND active GROUP BY k, name, weak, rest
  UNION ALL
  SELECT k, CASE WHEN unsafe THEN 'unsafe' ELSE 'safe' END, 'housing.csv', line, name, weak, surveyed_on, 0, four FROM house SEMI JOIN known USING
    (k) WHERE unsafe OR safe
) AS s JOIN known AS n USING (k);

-- Missed: M1, M4 ---------------------------------------------------------------------------------------------------------------------------

CREATE TABLE missed AS
SELECT no, county, bool_or(what = 'unsafe') AND household.rural AND bool_or(what = 'unsafe' AND four OR what = 'aid') AS m1, bool_or(what = 'aid' AND
  p.rural) AS m4,
  bool_or(what = 'asset' AND witness > 0) AS asset, bool_or(what = 'safe' AND witness > 0) AS housed
FROM person AS p JOIN household USING (no, county) JOIN said USING (k) WHERE NOT registered GROUP BY no, county, household.rural;

CREATE TABLE refused AS SELECT name_of(name) AS name, region, left(in_17(folded_id(id)), 15) AS start
FROM registry WHERE no IS NOT NULL AND NOT ok AND name_of(name) IS NOT NULL;

CREATE TABLE maybe AS SELECT DISTINCT no, county FROM missed JOIN person AS p USING (no, county) JOIN refused AS f
  ON f.name = name_of(p.name) AND (f.region = p.region AND p.region > 0 OR strlen(start) = 15 AND start = left(id_text(p.k), 15)) WHERE m1 OR m4;

-- unit, its rule, and the rows that made it true; veto: 1 rows of assets, 2 of another house
CREATE TABLE missed_rows AS
SELECT rule, CASE WHEN county > 0 THEN county::VARCHAR ELSE '' END || '-' || no AS unit_no, COALESCE(maybe, false) AS maybe, k, file, line, witness,
  veto FROM (
  SELECT *, 'M1' AS rule, m1 AS fires FROM missed UNION ALL SELECT *, 'M4', m4 FROM missed) AS m LEFT JOIN (SELECT *, true AS maybe FROM maybe) USING
    (no, county)
JOIN person AS p USING (no, county) JOIN (SELECT *, CASE what WHEN 'asset' THEN 1 WHEN 'safe' THEN 2 ELSE 0 END AS veto FROM said) USING (k)
WHERE fires AND (veto = 0 AND (rule = 'M1' OR what = 'aid' AND rural) OR veto = 1 AND witness > 0 OR rule = 'M1' AND veto = 2 AND housed AND NOT
  asset AND witness > 0);

-- Wrongly exited and not eligible: W1, N1, N2, N6 ---------------------------------------------------------------------------------------

CREATE TABLE family AS -- of active registry households: the living members, and the people of their households
SELECT book, k, bool_or(own) AS own FROM (
  SELECT book, k, true AS own FROM living_member WHERE status = 'active' UNION ALL
  SELECT book, p.k, false FROM living_member AS m JOIN household USING (no, county) JOIN person AS p USING (no, county) WHERE status = 'active')
    GROUP BY ALL;

CREATE TABLE book_rows AS
SELECT 'W1' AS rule, book AS unit_no, k, file, line, witness, dated, true AS own, CASE what WHEN 'safe' THEN 2 ELSE 0 END AS veto
FROM living_member JOIN said USING (k) WHERE status = 'exited' AND (what = 'unsafe' OR what = 'safe' AND witness > 0)
UNION ALL
SELECT CASE kind WHEN 1 THEN 'N1' ELSE 'N2' END, book, k, file, line, witness, dated, own, 0 FROM family JOIN said USING (k) WHERE what = 'asset'
UNION ALL
SELECT 'N6', no, k, file, line, witness, NULL, true, 0 FROM member JOIN near_dead USING (k) JOIN near_death USING (k);

-- The findings ---------------------------------------------------------------------------------------------------------------------------

CREATE MACRO ids(k) AS string_agg(DISTINCT id_text(k), ' ' ORDER BY id_text(k));
CREATE MACRO rows_of(file, line) AS list_reduce(list_transform(list_sort(list_distinct(list({f: file, l: line}))), lambda x: x.f || ':' || x.l),
  lambda a, b: a || ';' || b);
CREATE MACRO level(w) AS CASE w WHEN 2 THEN 'high' WHEN 1 THEN 'medium' ELSE 'low' END;

CREATE TABLE findings AS
SELECT CASE WHEN veto > 0 THEN 'vetoed' ELSE 'missed' END AS list, rule, CASE
  WHEN rule = 'M1' AND veto = 0 AND NOT maybe THEN 'yes' ELSE 'no' END AS core,
  CASE WHEN rule = 'M1' AND NOT maybe THEN 'high' ELSE 'medium' END AS severity, CASE WHEN maybe THEN 'low' ELSE level(witness) END AS confidence,
  CASE WHEN veto = 1 THEN 'asset' WHEN veto = 2 THEN 'other_house'
    WHEN maybe THEN 'maybe_registered' END AS nature, 'hukou' AS unit, unit_no, evidence_ids, evidence_rows
FROM (SELECT rule, unit_no, maybe, max(veto) AS veto, max(witness) AS witness, ids(k) AS evidence_ids, rows_of(file, line) AS evidence_rows FROM
  missed_rows GROUP BY ALL)
UNION ALL
SELECT CASE WHEN veto > 0 THEN 'vetoed' WHEN rule = 'W1' THEN 'wrongly_exited' ELSE 'non_eligible' END, rule, CASE
  WHEN core AND veto = 0 THEN 'yes' ELSE 'no' END,
  CASE WHEN rule = 'N6' THEN CASE WHEN persons = members THEN 'high' ELSE 'medium' END WHEN core THEN 'high' ELSE 'medium' END, level(witness),
  CASE WHEN veto > 0 THEN 'other_house' ELSE nature END, 'registry', unit_no, evidence_ids, evidence_rows
FROM (
  SELECT *, CASE rule WHEN 'W1' THEN nature <> 'since_exit' WHEN 'N1' THEN since_2014 WHEN 'N2' THEN own ELSE false END AS core FROM (
    SELECT rule, unit_no, CASE rule
        WHEN 'W1' THEN CASE WHEN bool_or(year(dated) <= exited AND veto = 0) THEN 'at_exit'
          WHEN bool_and(veto > 0 OR COALESCE(year(dated) > exited, false)) THEN 'since_exit' ELSE 'undetermined' END
        WHEN 'N6' THEN NULL
        ELSE CASE WHEN bool_or(year(dated) < entered) THEN 'wrongly_entered'
          WHEN bool_and(COALESCE(year(dated) > entered, false)) THEN 'should_exit' ELSE 'undetermined' END END AS nature,
      COALESCE(bool_or(own AND dated >= DATE '2014-01-01'), false) AS since_2014, bool_or(own) AS own, max(veto) AS veto, max(witness) AS witness,
      count(DISTINCT k) AS persons, ids(k) AS evidence_ids, rows_of(file, line) AS evidence_rows, bool_or(veto = 0) AS fires
    FROM book_rows JOIN book ON book.no = unit_no GROUP BY rule, unit_no, exited, entered HAVING fires))
JOIN (SELECT no AS unit_no, count(*) AS members FROM member GROUP BY ALL) USING (unit_no);

COPY findings TO 'findings.csv' (HEADER);
