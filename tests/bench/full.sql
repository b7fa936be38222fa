-- full.sql: what one would run in DuckDB instead, for all rules of the lists missed, wrongly_exited and non_eligible (M1 – M8, W1 – W7,
-- N1 – N14) with their vetoes, from eighteen kinds (village names nothing here).
-- Written by hand, for speed, on 2 threads. The opponent of bench.py: frozen; its hash stands in opponents.sha256.
--
-- DuckDB is started in the folder that gets findings.csv; file_search_path is the folder with the extracts.
-- The day is 2017-11-26. Answers: all columns that tests/parity compares, of all lists in which these rules stand.
--
-- How it gains its time
-- * each extract is read once, only the columns that are asked for, with types that are told; the row's line is its rowid + 2
-- * an id is one number: its 18 digits, or minus its first 17 where the check digit is X. So equal numbers are equal ids
-- * of the many rows of hukou only those of people who matter are looked at again: rows of members, of people with some need and of
--   the divorced (by id), then the people of their households (by household), then whether that is these people's home (by id)
-- * an id is tested only where it can matter: who equals a tested id is tested. So most rows are never tested
-- * spellings are told apart by CASE: IN with many words is a join, and after a join rows are in no order
-- * names are compared, duplicates found, numbers made text, for the evidence alone
--
-- What it may leave undone, in its favour (the program does all of it, and the invented extracts do not show it)
-- * extracts are UTF-8 with commas, columns in the order of the contract, no line end inside quotes; no row is refused for its shape
-- * old numbers (id_change) are of 18 places; chains of two at most, cycles are not refused
-- * household numbers of hukou are numbers without leading zeros; of blanks in addresses only U+0020 goes
-- * of duplicates only the columns that are read here are compared, as they are spelt
-- * nothing is accounted for: no refused or invalid value is listed, no share stops the run; no figures, no other lists (L1 is found,
--   since N7 needs it, and not listed), no texts, no hashes of evidence, no names of villages

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

CREATE MACRO age(k) AS (20171126 - digits17(k) // 1000 % 100000000) // 10000;
CREATE MACRO money(t) AS COALESCE(TRY_CAST(t AS DECIMAL(17, 2)), CASE WHEN t IS NOT NULL THEN
  TRY_CAST(regexp_replace(replace(t, ',', ''), '\s*元$', '') AS DECIMAL(17, 2)) END);
CREATE MACRO poverty_line(y) AS CASE y WHEN 2010 THEN 2300 WHEN 2011 THEN 2536 WHEN 2012 THEN 2625 WHEN 2013 THEN 2736 WHEN 2014 THEN 2800
  WHEN 2015 THEN 2855 WHEN 2016 THEN 2952 WHEN 2017 THEN 2952 WHEN 2018 THEN 2995 WHEN 2019 THEN 3218 WHEN 2020 THEN 4000 END;

-- Reading ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE registry AS SELECT *, no IS NOT NULL AND k IS NOT NULL AND valid(k) AS ok FROM (
  SELECT no, name, id, key_of(id) AS k, is_weak(id) AS weak, relation IS NOT NULL AND relation IN ('户主', '本人') AS head,
    CASE status WHEN '已脱贫' THEN 'exited' WHEN '脱贫' THEN 'exited' WHEN '稳定脱贫' THEN 'exited' WHEN '已脱贫（享受政策）' THEN 'exited'
      WHEN '已脱贫（不再享受政策）' THEN 'exited' WHEN '已脱贫(享受政策)' THEN 'exited' WHEN '已脱贫(不再享受政策)' THEN 'exited'
      WHEN '未脱贫' THEN 'active' WHEN '返贫' THEN 'active' END AS status,
    year_of(entered) AS entered, year_of(exited) AS exited, money(income) AS income, year_of(income_year) AS income_year,
    CASE category WHEN '一般贫困户' THEN true WHEN '一般脱贫户' THEN true WHEN '一般农户' THEN true END AS general,
    CASE relocation WHEN '是' THEN true WHEN '有' THEN true END AS relocation, region_of(region) AS region,
    hash(person_no, relation, category, status, entered, exited, income, income_year, relocation, region, address) AS rest
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
  is_weak(id) AS weak, date_of(split_on) AS split_on, TRY_CAST(split_from AS BIGINT) AS split_from,
  hash(CASE WHEN contains(address, ' ') THEN replace(address, ' ', '') ELSE address END) AS address
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

CREATE TABLE marriage AS SELECT key_of(a) AS k, key_of(b) AS other, is_weak(a) AS weak, is_weak(b) AS other_weak,
  CASE event WHEN '离婚' THEN true WHEN '结婚' THEN false END AS divorced, date_of(happened) AS dated
FROM rows_in('marriage.csv', {'a': 'VARCHAR', 'b': 'VARCHAR', 'event': 'VARCHAR', 'happened': 'VARCHAR'});

CREATE TABLE disability AS SELECT key_of(left(cert, 18)) AS k, is_weak(left(cert, 18)) AS weak, name,
  regexp_full_match(cert, '.{18}[1-7][1-4](B\d)?') AS ok, substr(cert, 20, 1) IN ('1', '2') AS severe, substr(cert, 19, 2) AS rest
FROM rows_in('disability.csv', {'cert': 'VARCHAR', 'name': 'VARCHAR'});

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

CREATE TABLE business AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, COALESCE(role IN ('法定代表人', '法人', '股东'), false)
    AND (state IS NULL OR state IN ('存续', '在业', '开业')) AND (company IS NULL OR NOT contains(company, '合作社')) AS asset,
  date_of(established_on) AS dated, hash(company, role, capital, state) AS rest
FROM rows_in('business.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'company': 'VARCHAR', 'role': 'VARCHAR', 'capital': 'VARCHAR',
  'state': 'VARCHAR', 'established_on': 'VARCHAR'});

CREATE TABLE payroll AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, CASE post WHEN '公务员' THEN true WHEN '事业单位' THEN true
    WHEN '事业' THEN true WHEN '国企' THEN true WHEN '国有企业' THEN true ELSE false END AND (state IS NULL OR state IN ('在职', '退休', '离休')) AS asset,
  post IS NOT NULL AND post = '村干部' AND (state IS NULL OR state = '在职') AS cadre, hash(employer, post, state) AS rest
FROM rows_in('payroll.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'employer': 'VARCHAR', 'post': 'VARCHAR', 'state': 'VARCHAR'});

CREATE TABLE machine AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, COALESCE(CASE type WHEN '大型拖拉机' THEN true WHEN '联合收割机' THEN true
    WHEN '挖掘机' THEN true WHEN '装载机' THEN true WHEN '推土机' THEN true ELSE false END OR money(power) >= 33, false) AS asset,
  date_of(registered_on) AS dated, hash(type, power) AS rest
FROM rows_in('machine.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'type': 'VARCHAR', 'power': 'VARCHAR', 'registered_on': 'VARCHAR'});

CREATE TABLE relocation AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, year_of(batch) AS batch
FROM rows_in('relocation.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'batch': 'VARCHAR'});

CREATE TABLE education AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, state IS NOT NULL AND state IN ('辍学', '失学') AS dropout
FROM rows_in('education.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'state': 'VARCHAR'});

CREATE TABLE insurance AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, CASE insured WHEN '否' THEN true WHEN '无' THEN true
    WHEN '未参保' THEN true ELSE false END AS without
FROM rows_in('insurance.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'insured': 'VARCHAR'});

CREATE TABLE medical AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, year_of(year) AS year, money(self_paid) AS self_paid
FROM rows_in('medical.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'year': 'VARCHAR', 'self_paid': 'VARCHAR'});

CREATE TABLE residence AS SELECT key_of(id) AS k, is_weak(id) AS weak, name, region_of(region) AS region, date_of(since) AS since
FROM rows_in('residence.csv', {'id': 'VARCHAR', 'name': 'VARCHAR', 'region': 'VARCHAR', 'since': 'VARCHAR'});

-- old numbers become new ones; chains of two at most
CREATE TABLE id_change AS SELECT plain_id(old) AS old, key_of(new) AS k, is_weak(new) AS weak
FROM rows_in('id_change.csv', {'old': 'VARCHAR', 'new': 'VARCHAR', 'changed_on': 'VARCHAR'}) WHERE plain_id(old) IS NOT NULL;
UPDATE id_change SET k = c.k, weak = c.weak FROM id_change AS c WHERE id_change.k = c.old;
UPDATE hukou SET k = c.k, weak = c.weak FROM id_change AS c WHERE hukou.k = c.old;
UPDATE civil SET k = c.k, weak = c.weak FROM id_change AS c WHERE civil.k = c.old;
UPDATE death SET k = c.k, weak = c.weak FROM id_change AS c WHERE death.k = c.old;
UPDATE disability SET k = c.k, weak = c.weak FROM id_change AS c WHERE disability.k = c.old;
UPDATE housing SET k = c.k, weak = c.weak FROM id_change AS c WHERE housing.k = c.old;
UPDATE property SET k = c.k, weak = c.weak FROM id_change AS c WHERE property.k = c.old;
UPDATE vehicle SET k = c.k, weak = c.weak FROM id_change AS c WHERE vehicle.k = c.old;
UPDATE business SET k = c.k, weak = c.weak FROM id_change AS c WHERE business.k = c.old;
UPDATE payroll SET k = c.k, weak = c.weak FROM id_change AS c WHERE payroll.k = c.old;
UPDATE machine SET k = c.k, weak = c.weak FROM id_change AS c WHERE machine.k = c.old;
UPDATE relocation SET k = c.k, weak = c.weak FROM id_change AS c WHERE relocation.k = c.old;
UPDATE education SET k = c.k, weak = c.weak FROM id_change AS c WHERE education.k = c.old;
UPDATE insurance SET k = c.k, weak = c.weak FROM id_change AS c WHERE insurance.k = c.old;
UPDATE medical SET k = c.k, weak = c.weak FROM id_change AS c WHERE medical.k = c.old;
UPDATE residence SET k = c.k, weak = c.weak FROM id_change AS c WHERE residence.k = c.old;
UPDATE registry SET k = c.k, weak = c.weak, ok = no IS NOT NULL AND valid(c.k) FROM id_change AS c WHERE registry.k = c.old;
UPDATE marriage SET k = c.k, weak = c.weak FROM id_change AS c WHERE marriage.k = c.old;
UPDATE marriage SET other = c.k, other_weak = c.weak FROM id_change AS c WHERE marriage.other = c.old;

-- People who are asked about ---------------------------------------------------------------------------------------------------

CREATE TABLE member AS SELECT no AS book, k FROM registry WHERE ok GROUP BY ALL;

CREATE TABLE book AS -- a registry household, by its head row
SELECT no AS book, status, entered, exited, income, income_year, general, relocation, region, k AS head, name AS head_name, weak AS head_weak,
  r.rowid + 2 AS head_line
FROM registry AS r JOIN (SELECT COALESCE(min(rowid) FILTER (head), min(rowid)) AS first FROM registry WHERE ok GROUP BY no) ON r.rowid = first;

CREATE TABLE house AS -- the last survey of each; of duplicates the first stands
SELECT k, r + 2 AS line, name, weak, four, surveyed_on, COALESCE(grade IN ('C', 'D') AND NOT renovated_by_day, false) AS unsafe,
  COALESCE(grade IN ('A', 'B'), false) OR renovated_by_day AS safe FROM (
  SELECT *, COALESCE((renovated OR renovated IS NULL AND renovated_on IS NOT NULL) AND by_day(renovated_on), false) AS renovated_by_day
  FROM (SELECT k, name, weak, grade, renovated, renovated_on, four, surveyed_on, rest, min(rowid) AS r FROM housing
    WHERE k IS NOT NULL AND by_day(surveyed_on) GROUP BY ALL)
  QUALIFY row_number() OVER (PARTITION BY k ORDER BY surveyed_on DESC NULLS LAST, r DESC) = 1);

CREATE TABLE heavy AS -- rows of years in which enough was paid
WITH paid AS (SELECT k, name, weak, year, self_paid, min(rowid) + 2 AS line FROM medical WHERE year IN (2016, 2017) AND self_paid IS NOT NULL
  GROUP BY ALL)
SELECT k, line, name, weak FROM paid SEMI JOIN (SELECT k, year FROM paid GROUP BY ALL HAVING sum(self_paid) >= 20000) USING (k, year);

CREATE TABLE needy AS SELECT k, bool_or(strong) AS strong FROM (
  SELECT k, true AS strong FROM civil WHERE kind = 1 AND active UNION ALL SELECT k, true FROM house WHERE unsafe UNION ALL
  SELECT k, true FROM disability WHERE ok AND severe UNION ALL SELECT k, false FROM education WHERE dropout UNION ALL SELECT k, false FROM heavy)
WHERE k IS NOT NULL GROUP BY k;

CREATE TABLE parted AS -- divorces that no marriage of the two followed, either way round; weak when both ids are
WITH event AS (SELECT k, other, weak AND other_weak AS weak, divorced, dated, rowid + 2 AS line FROM marriage WHERE dated <= DATE '2017-11-26' UNION ALL
  SELECT other, k, weak AND other_weak, divorced, dated, rowid + 2 FROM marriage WHERE dated <= DATE '2017-11-26')
SELECT k, other, weak, min(line) AS line FROM event AS d WHERE divorced AND dated >= DATE '2014-01-01' AND k <> other
  AND NOT EXISTS (FROM event AS w WHERE NOT w.divorced AND w.k = d.k AND w.other = d.other AND w.dated > d.dated) GROUP BY k, other, weak, dated;

CREATE TABLE asked AS SELECT k FROM needy UNION SELECT k FROM member UNION SELECT other FROM parted SEMI JOIN member USING (k);

CREATE TABLE near AS SELECT k, rowid AS r, no, region, name, type, state, weak, address, split_on, split_from FROM hukou SEMI JOIN asked USING (k)
  WHERE no IS NOT NULL;
CREATE TABLE near_home AS SELECT *, region // 1000000 AS county FROM near WHERE state = 0 QUALIFY row_number() OVER (PARTITION BY k ORDER BY r) = 1;

CREATE TABLE near_named AS -- those of whom a death is told: their reference name
SELECT n.k, h.k IS NOT NULL AS housed, COALESCE(h.name, r.name, f.name) AS name
FROM (SELECT k FROM near WHERE state = 1 UNION SELECT k FROM death SEMI JOIN asked USING (k)) AS n LEFT JOIN near_home AS h USING (k)
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM registry WHERE ok AND name IS NOT NULL GROUP BY k) AS r USING (k)
  LEFT JOIN (SELECT k, arg_min(name, r) AS name FROM near WHERE name IS NOT NULL GROUP BY k) AS f USING (k);

CREATE TABLE near_death AS -- the rows that make somebody dead
SELECT k, 'death.csv' AS file, line, witness FROM (
  SELECT k, line, witness(d.name, n.name, weak) AS witness, housed
  FROM (SELECT k, name, weak, min(rowid) + 2 AS line FROM death WHERE by_day(died_on) GROUP BY k, name, weak, died_on) AS d
    JOIN near_named AS n USING (k))
WHERE witness = 2 OR witness = 1 AND NOT housed
UNION ALL
SELECT k, 'hukou.csv', line, witness(h.name, n.name, weak) FROM (
  SELECT k, name, weak, min(r) + 2 AS line FROM near WHERE state = 1 GROUP BY k, name, weak, no, region, type, address, split_on, split_from) AS h
JOIN near_named AS n USING (k);

CREATE TABLE near_dead AS SELECT DISTINCT k FROM near_death ANTI JOIN (SELECT k, 'hukou.csv' AS file FROM near_home) USING (k, file);

CREATE TABLE living_member AS SELECT book, status, m.k, h.no, h.county, h.region AS home_region, h.type, h.name AS home_name, h.weak AS home_weak,
  h.r + 2 AS home_line, h.address FROM member AS m JOIN book USING (book) LEFT JOIN near_home AS h USING (k) ANTI JOIN near_dead AS d ON m.k = d.k;

-- Households -------------------------------------------------------------------------------------------------------------------
-- Those of the living and needy who are not registered, those of the members of active registry households, and of these, where an
-- old person is head, those that they split from or that split from them.

CREATE TABLE old_head AS SELECT b.book, m.no, m.county FROM book AS b JOIN living_member AS m ON m.book = b.book AND m.k = b.head
WHERE b.status = 'active' AND m.no IS NOT NULL AND age(b.head) >= 60;

CREATE TABLE split AS SELECT no, region // 1000000 AS county, split_from FROM hukou WHERE split_on BETWEEN DATE '2014-01-01' AND DATE '2017-11-26'
  AND split_from IS NOT NULL AND state = 0;

CREATE TABLE wanted AS
SELECT no, county FROM near_home SEMI JOIN needy USING (k) ANTI JOIN member USING (k) ANTI JOIN near_dead USING (k) UNION
SELECT no, county FROM living_member WHERE status = 'active' AND no IS NOT NULL UNION
SELECT split_from, county FROM split SEMI JOIN old_head USING (no, county) UNION
SELECT no, county FROM split AS s SEMI JOIN old_head AS o ON s.split_from = o.no AND s.county = o.county;

CREATE TABLE beside AS SELECT k, h.rowid AS r, w.no, w.county, type, region, name, weak, split_on, split_from FROM hukou AS h
  JOIN wanted AS w ON h.no = w.no AND h.region // 1000000 = w.county WHERE state = 0;

-- whose home it is: a person's home may be another household's row
CREATE TABLE at_home AS SELECT b.* FROM beside AS b JOIN (
  SELECT k, r FROM near_home UNION ALL
  SELECT k, min(rowid) FROM hukou SEMI JOIN (SELECT k FROM beside ANTI JOIN asked USING (k)) USING (k) WHERE state = 0 AND no IS NOT NULL GROUP BY k
) AS home USING (k, r) ANTI JOIN near_dead USING (k) WHERE valid(k);

CREATE TABLE alone AS -- living people who are not registered, have no home and some need
SELECT k FROM needy ANTI JOIN near_home USING (k) ANTI JOIN member USING (k) ANTI JOIN near_dead USING (k) WHERE strong AND valid(k);

CREATE TABLE nameless AS -- whom no home names: the first name in the registry, else in hukou
WITH n AS (SELECT k FROM at_home WHERE name IS NULL UNION SELECT k FROM living_member WHERE home_name IS NULL UNION FROM alone
  UNION SELECT head FROM book SEMI JOIN near_dead ON head = k)
SELECT k, COALESCE(h.name, r.name, f.name) AS name FROM n LEFT JOIN near_home AS h USING (k)
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM registry SEMI JOIN n USING (k) WHERE ok AND name IS NOT NULL GROUP BY k) AS r USING (k)
  LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM hukou SEMI JOIN n USING (k) WHERE name IS NOT NULL GROUP BY k) AS f USING (k);

CREATE TABLE named AS SELECT k, no, county, r, weak, split_on, split_from, type = 1 OR type = 3 AND region % 1000 BETWEEN 200 AND 399 AS rural,
  type = 4 AS common, region,
  h.name, COALESCE(h.name, n.name) AS reference FROM at_home AS h LEFT JOIN nameless AS n USING (k);

CREATE TABLE person AS SELECT h.* EXCLUDE (common), COALESCE(common, false) AS common, m.k IS NOT NULL AS registered FROM (FROM named ANTI JOIN (
  SELECT k FROM death AS d JOIN named AS h USING (k) WHERE by_day(died_on) AND witness(d.name, reference, d.weak) = 2) USING (k)) AS h
LEFT JOIN (SELECT DISTINCT k FROM member) AS m USING (k);

CREATE TABLE household AS SELECT no, county, COALESCE(bool_or(rural), false) AS rural, bool_or(registered) AS registered,
  count(*) > 12 OR bool_or(common) AS collective,
  bool_or(age(k) BETWEEN 18 AND 59) AS able, arg_min(split_on, r) FILTER (split_on IS NOT NULL) AS split_on, arg_min(split_from,
    r) FILTER (split_on IS NOT NULL AND split_from IS NOT NULL) AS split_from,
  min(r) FILTER (split_on IS NOT NULL) AS split_r, min(r) FILTER (split_on IS NOT NULL AND split_from IS NOT NULL) AS from_r FROM person
    GROUP BY no, county;

-- Rows of people who are asked about, with what their names are worth ------------------------------------------------------------

CREATE TABLE known AS -- the people of these households, living members wherever they live, and people without a home
SELECT k, reference AS name FROM person UNION ALL
SELECT DISTINCT k, COALESCE(home_name, name) FROM (SELECT k, home_name FROM living_member ANTI JOIN person USING (k))
  LEFT JOIN nameless USING (k) UNION ALL
SELECT k, name FROM alone JOIN nameless USING (k);

CREATE TABLE said AS SELECT k, what, file, line, witness(s.name, n.name, weak) AS witness, dated, number, four FROM (
  SELECT k, 'asset' AS what, 'property.csv' AS file, min(rowid) + 2 AS line, name, weak, dated, 1 AS number, false AS four FROM property
    SEMI JOIN known USING (k)
    WHERE use IN ('flat', 'shop') AND by_day(dated) GROUP BY k, name, weak, use, dated, rest
  UNION ALL SELECT k, 'asset', 'vehicle.csv', min(rowid) + 2, name, weak, dated, 2, false FROM vehicle SEMI JOIN known USING (k)
    WHERE asset AND by_day(dated) GROUP BY k, name, weak, dated, rest
  UNION ALL SELECT k, 'asset', 'business.csv', min(rowid) + 2, name, weak, dated, 3, false FROM business SEMI JOIN known USING (k)
    WHERE asset AND by_day(dated) GROUP BY k, name, weak, dated, rest
  UNION ALL SELECT k, 'asset', 'payroll.csv', min(rowid) + 2, name, weak, NULL, 4, false FROM payroll SEMI JOIN known USING (k)
    WHERE asset GROUP BY k, name, weak, rest
  UNION ALL SELECT k, 'asset', 'machine.csv', min(rowid) + 2, name, weak, dated, 5, false FROM machine SEMI JOIN known USING (k)
    WHERE asset AND by_day(dated) GROUP BY k, name, weak, dated, rest
  UNION ALL SELECT k, 'safe', 'property.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM property SEMI JOIN known USING (k)
    WHERE use IN ('flat', 'safe') AND by_day(dated) GROUP BY k, name, weak, use, dated, rest
  UNION ALL SELECT k, CASE WHEN unsafe THEN 'unsafe' WHEN safe THEN 'safe' ELSE 'surveyed' END, 'housing.csv', line, name, weak, surveyed_on, 0, four
    FROM house SEMI JOIN known USING (k)
  UNION ALL SELECT k, 'relocated', 'relocation.csv', min(rowid) + 2, name, weak, NULL, batch, false FROM relocation SEMI JOIN known USING (k)
    WHERE batch IS NOT NULL GROUP BY k, name, weak, batch
  UNION ALL SELECT k, CASE kind WHEN 1 THEN 'aid' ELSE 'urban aid' END, 'civil.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM civil
    SEMI JOIN known USING (k)
    WHERE kind IS NOT NULL AND active GROUP BY k, kind, name, weak, rest
  UNION ALL SELECT k, 'severe', 'disability.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM disability SEMI JOIN known USING (k)
    WHERE ok AND severe GROUP BY k, name, weak, rest
  UNION ALL SELECT k, 'dropout', 'education.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM education SEMI JOIN known USING (k)
    WHERE dropout AND age(k) BETWEEN 6 AND 15 GROUP BY k, name, weak
  UNION ALL SELECT k, 'heavy', 'medical.csv', line, name, weak, NULL, 0, false FROM heavy SEMI JOIN known USING (k)
  UNION ALL SELECT k, 'without', 'insurance.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM insurance SEMI JOIN known USING (k)
    WHERE without GROUP BY k, name, weak
  UNION ALL SELECT k, 'cadre', 'payroll.csv', min(rowid) + 2, name, weak, NULL, 0, false FROM payroll SEMI JOIN known USING (k)
    WHERE cadre GROUP BY k, name, weak, rest
  UNION ALL SELECT k, 'away', 'residence.csv', min(rowid) + 2, name, weak, NULL, region // 1000000, false FROM residence SEMI JOIN known USING (k)
    WHERE since <= DATE '2017-11-26' - 365 AND region > 0 GROUP BY k, name, weak, region, since
) AS s JOIN known AS n USING (k);

-- Missed households and people: M1 – M6, M8 ----------------------------------------------------------------------------------------
-- Rows that make a rule true; veto: 1 rows of assets, 2 of another house.

CREATE MACRO county_text(c) AS CASE WHEN c > 0 THEN c::VARCHAR ELSE '' END;

CREATE TABLE missed AS
SELECT no, county, bool_or(what = 'unsafe') AND h.rural AND bool_or(what = 'unsafe' AND four OR what IN ('aid', 'severe')) AS m1,
  bool_or(what = 'dropout' AND p.rural) AS m2, bool_or(what = 'unsafe') AND h.rural AND NOT m1 AS m3, bool_or(what = 'aid' AND p.rural) AS m4,
  bool_or(what = 'severe' AND p.rural) AS m5, bool_or(what = 'heavy' AND p.rural) AS m6, bool_or(what = 'asset' AND witness > 0) AS asset
FROM household AS h JOIN person AS p USING (no, county) JOIN said USING (k) WHERE NOT h.registered AND NOT collective GROUP BY no, county, h.rural;

CREATE TABLE refused AS SELECT name_of(name) AS name, region, left(in_17(folded_id(id)), 15) AS start
FROM registry WHERE no IS NOT NULL AND NOT ok AND name_of(name) IS NOT NULL;

CREATE TABLE maybe AS SELECT DISTINCT no, county, true AS maybe FROM missed JOIN person AS p USING (no, county) JOIN refused AS f
  ON f.name = name_of(p.name) AND (f.region = p.region AND p.region > 0 OR strlen(start) = 15 AND start = left(id_text(p.k), 15));

CREATE TABLE missed_rows AS
SELECT rule, county_text(county) || '-' || no AS unit_no, COALESCE(maybe, false) AS maybe, k, file, line, witness, veto FROM (
  SELECT *, unnest([1, 2, 3, 4, 5, 6]) AS rule, [m1, m2, m3, m4, m5, m6][rule] AS fires FROM missed WHERE m1 OR m2 OR m3 OR m4 OR m5 OR m6) AS m
LEFT JOIN maybe USING (no, county) JOIN person AS p USING (no, county)
JOIN (SELECT *, CASE WHEN what = 'asset' THEN 1 WHEN what = 'safe' OR what = 'relocated' AND number <= 2017 THEN 2 ELSE 0 END AS veto
  FROM said) USING (k)
WHERE fires AND CASE veto WHEN 1 THEN witness > 0 WHEN 2 THEN rule IN (1, 3) AND NOT asset AND witness > 0 ELSE CASE rule
  WHEN 1 THEN what IN ('unsafe', 'aid', 'severe') WHEN 2 THEN rural AND what = 'dropout' WHEN 3 THEN what = 'unsafe'
    WHEN 4 THEN rural AND what = 'aid'
  WHEN 5 THEN rural AND what = 'severe' ELSE rural AND what = 'heavy' END END
UNION ALL
SELECT 8, id_text(k), false, k, file, line, witness, (what = 'asset')::INTEGER FROM (
  SELECT k FROM alone UNION ALL SELECT k FROM person AS p JOIN household AS h USING (no, county)
    WHERE collective AND NOT p.registered) JOIN said USING (k)
WHERE what IN ('unsafe', 'aid', 'severe') OR what = 'asset' AND witness > 0 QUALIFY bool_or(what <> 'asset') OVER (PARTITION BY k);

-- Registry households: M7, W1 – W7, N1 – N14 -------------------------------------------------------------------------------------------

CREATE TABLE family AS -- of active ones: the living members, and the people of their households
SELECT book, k, bool_or(own) AS own FROM (
  SELECT book, k, true AS own FROM living_member WHERE status = 'active' UNION ALL
  SELECT book, p.k, false FROM living_member AS m JOIN household AS h USING (no, county) JOIN person AS p USING (no, county)
    WHERE status = 'active' AND NOT collective) GROUP BY ALL;

CREATE TABLE helped AS SELECT DISTINCT book FROM family JOIN said USING (k) WHERE what IN ('aid', 'unsafe', 'severe', 'dropout', 'heavy');

CREATE TABLE living AS -- registry households with somebody alive, and what holds for all of them
SELECT book, count(*) AS members, count(no) AS homes, bool_and(COALESCE(type = 2, false)) FILTER (no IS NOT NULL) AS urban,
  bool_and(COALESCE(type = 2 AND home_region % 1000 BETWEEN 200 AND 399, false)) FILTER (no IS NOT NULL) AS urban_in_village FROM living_member
    GROUP BY book;

CREATE TABLE own_said AS SELECT m.book, m.status, s.* FROM living_member AS m JOIN said AS s USING (k);

CREATE TABLE ledgered AS SELECT book FROM living JOIN own_said USING (book) WHERE urban_in_village AND status = 'active' GROUP BY book
  HAVING bool_or(what IN ('aid', 'unsafe', 'severe', 'dropout', 'heavy')) AND NOT bool_or(what = 'urban aid');

CREATE TABLE origin AS -- where able children of old heads live
SELECT o.book, h0.no, h0.county FROM old_head AS o JOIN household AS h USING (no, county) JOIN household AS h0 ON h0.county = h.county
  AND h0.no <> h.no
  AND (h.split_on BETWEEN DATE '2014-01-01' AND DATE '2017-11-26' AND h.split_r = h.from_r AND h0.no = h.split_from)
WHERE NOT h.able AND NOT h.collective AND NOT h0.collective AND h0.able
UNION
SELECT o.book, h0.no, h0.county FROM old_head AS o JOIN household AS h USING (no, county) JOIN household AS h0 ON h0.county = h.county
  AND h0.no <> h.no
  AND h0.split_from = h.no AND h0.split_on BETWEEN DATE '2014-01-01' AND DATE '2017-11-26' AND h0.split_r = h0.from_r
WHERE NOT h.able AND NOT h.collective AND NOT h0.collective AND h0.able;

CREATE TABLE strange_origin AS FROM origin ANTI JOIN (SELECT book, p.no, p.county FROM member JOIN person AS p USING (k)) USING (book, no, county);

CREATE TABLE origin_rows AS SELECT DISTINCT book, k, file, line, witness FROM strange_origin JOIN person USING (no, county) JOIN said USING (k)
  WHERE what = 'asset' AND witness > 0;

CREATE TABLE book_rows AS
SELECT CASE what WHEN 'without' THEN 'W5' WHEN 'dropout' THEN 'W4' ELSE 'W1' END AS rule, book, k, file, line, witness, dated, 0 AS number,
  true AS own,
  CASE WHEN what = 'safe' OR what = 'relocated' THEN 2 ELSE 0 END AS veto
FROM own_said WHERE status = 'exited' AND (what IN ('unsafe', 'without', 'dropout') OR (what = 'safe' OR what = 'relocated' AND number <= 2017)
  AND witness > 0)
UNION ALL
SELECT rule, book, head, 'registry.csv', head_line, witness(head_name, name, head_weak), NULL, 0, true, 0 FROM (
  SELECT *, unnest([2, 3, 7]) AS n, 'W' || n AS rule FROM book SEMI JOIN living USING (book) WHERE status = 'exited') AS b
LEFT JOIN (SELECT k AS head, COALESCE(any_value(home_name), any_value(name)) AS name FROM (SELECT k, home_name
  FROM living_member UNION ALL SELECT k, NULL FROM near_dead)
  LEFT JOIN nameless USING (k) GROUP BY k) USING (head)
WHERE CASE n WHEN 2 THEN income > 0 AND (income < poverty_line(income_year) OR income_year IS NULL AND income < poverty_line(exited))
  WHEN 3 THEN exited <= 2015 AND book NOT IN (SELECT book FROM own_said WHERE file = 'housing.csv')
  ELSE exited <= entered END
UNION ALL
SELECT 'W6', book, k, file, line, witness, NULL, 0, true, 0 FROM own_said SEMI JOIN (
  SELECT book FROM living JOIN own_said USING (book) WHERE what = 'aid' AND status = 'exited' GROUP BY book, members
    HAVING count(DISTINCT k) = members) USING (book) WHERE what = 'aid'
UNION ALL
SELECT 'N' || number, book, k, file, line, witness, dated, 0, own, 0 FROM family JOIN said USING (k) WHERE what = 'asset'
UNION ALL
SELECT 'N6', book, k, file, line, witness, NULL, 0, true, 0 FROM member JOIN near_dead USING (k) JOIN near_death USING (k)
UNION ALL
SELECT 'N7', book, k, 'hukou.csv', home_line, witness(home_name, COALESCE(home_name, name), home_weak), NULL, 0, true, 0
FROM living_member AS m JOIN living AS l USING (book) LEFT JOIN nameless USING (k) WHERE urban AND no IS NOT NULL AND book NOT IN (FROM ledgered)
UNION ALL
SELECT 'N8', book, k, file, line, witness, NULL, 0, true, 0 FROM origin_rows
UNION ALL
SELECT DISTINCT 'N9', book, k, 'hukou.csv', r + 2, witness(name, reference, weak), NULL::DATE, 0, true, 0
FROM strange_origin JOIN person USING (no, county) WHERE age(k) BETWEEN 18 AND 59 AND book NOT IN (SELECT book FROM origin_rows)
UNION ALL
SELECT 'N10', book, unnest([m.k, d.other]), 'marriage.csv', d.line, CASE WHEN d.weak THEN 0 ELSE 1 END, NULL, 0, true, 0
FROM living_member AS m JOIN parted AS d USING (k) JOIN near_home AS s ON s.k = d.other
WHERE m.status = 'active' AND m.no <> s.no AND m.home_region = s.region AND s.region > 0 AND m.address = s.address AND d.other NOT IN (FROM near_dead)
  AND NOT EXISTS (FROM member AS x WHERE x.book = m.book AND x.k = d.other)
UNION ALL
SELECT 'N11', book, k, 'registry.csv', line, witness(t.name, COALESCE(h.name, f.name), t.weak), NULL, 0, true, 0 FROM member
JOIN (SELECT k, name, weak, min(rowid) + 2 AS line FROM registry SEMI JOIN (SELECT k FROM member GROUP BY k HAVING count(*) > 1) USING (k)
  WHERE ok GROUP BY no, k, name, weak, rest) AS t USING (k)
LEFT JOIN near_home AS h USING (k) LEFT JOIN (SELECT k, arg_min(name, rowid) AS name FROM registry
  WHERE ok AND name IS NOT NULL GROUP BY k) AS f USING (k)
UNION ALL
SELECT 'N12', book, k, file, line, witness, NULL, number, true, 0 FROM own_said AS s JOIN book AS b USING (book)
WHERE b.status = 'active' AND relocation AND entered >= 2016 AND general AND what = 'relocated' AND number <= entered
  AND income >= poverty_line(entered)
  AND book NOT IN (FROM helped)
UNION ALL
SELECT 'N13', book, k, file, line, witness, NULL, 0, true, 0 FROM own_said JOIN (
  SELECT book, b.region FROM own_said AS s JOIN book AS b USING (book) JOIN living AS l USING (book)
  WHERE b.status = 'active' AND what = 'away' AND b.region > 0 AND number <> b.region // 1000000 GROUP BY book, b.region, members
    HAVING count(DISTINCT k) = members) AS a USING (book)
WHERE what = 'away' AND number <> a.region // 1000000
UNION ALL
SELECT 'N14', book, k, file, line, witness, NULL, 0, true, 0 FROM own_said WHERE status = 'active' AND what = 'cadre' AND book NOT IN (FROM helped)
UNION ALL
SELECT 'M7', b.book, p.k, 'hukou.csv', p.r + 2, witness(p.name, p.reference, p.weak), NULL, 0, true, 0 FROM (
  SELECT no, county, min(book) AS book FROM person AS p JOIN member USING (k) GROUP BY no, county HAVING count(DISTINCT book) = 1) AS b
JOIN household AS h USING (no, county) JOIN book USING (book) JOIN person AS p USING (no, county)
  WHERE status = 'active' AND NOT collective AND NOT p.registered AND p.rural;

-- The findings -----------------------------------------------------------------------------------------------------------------

CREATE MACRO ids(k) AS string_agg(DISTINCT id_text(k), ' ' ORDER BY id_text(k));
CREATE MACRO rows_of(file, line) AS list_reduce(list_transform(list_sort(list_distinct(list({f: file, l: line}))), lambda x: x.f || ':' || x.l),
  lambda a, b: a || ';' || b);
CREATE MACRO level(w) AS CASE w WHEN 2 THEN 'high' WHEN 1 THEN 'medium' ELSE 'low' END;

CREATE TABLE findings AS
SELECT CASE WHEN veto > 0 THEN 'vetoed' ELSE 'missed' END AS list, 'M' || rule AS rule, CASE WHEN rule IN (1, 2) AND veto = 0
  AND NOT maybe THEN 'yes' ELSE 'no' END AS core,
  CASE WHEN rule = 5 THEN 'low' WHEN rule IN (1, 2) AND NOT maybe THEN 'high' ELSE 'medium' END AS severity, CASE
    WHEN maybe THEN 'low' ELSE level(witness) END AS confidence,
  CASE WHEN veto = 1 THEN 'asset' WHEN veto = 2 THEN 'other_house' WHEN maybe THEN 'maybe_registered' END AS nature,
  CASE rule WHEN 8 THEN 'person' ELSE 'hukou' END AS unit, unit_no, evidence_ids, evidence_rows
FROM (SELECT rule, unit_no, maybe, max(veto) AS veto, max(witness) AS witness, ids(k) AS evidence_ids, rows_of(file, line) AS evidence_rows
  FROM missed_rows GROUP BY ALL)
UNION ALL
SELECT CASE WHEN veto > 0 THEN 'vetoed' WHEN rule = 'M7' THEN 'missed' WHEN rule < 'W' THEN 'non_eligible' ELSE 'wrongly_exited' END, rule, CASE
  WHEN core AND veto = 0 THEN 'yes' ELSE 'no' END,
  CASE rule WHEN 'N6' THEN CASE WHEN persons = members THEN 'high' ELSE 'medium' END WHEN 'N5' THEN 'medium' WHEN 'N12' THEN CASE
    WHEN before THEN 'medium' ELSE 'low' END
    ELSE CASE WHEN core THEN 'high' WHEN rule IN ('W3', 'W6', 'N9', 'N10', 'N13', 'N14') THEN 'low' ELSE 'medium' END END,
  level(witness), CASE WHEN veto > 0 THEN 'other_house' ELSE nature END, 'registry', book, evidence_ids, evidence_rows
FROM (
  SELECT *, CASE rule WHEN 'W1' THEN nature <> 'since_exit' WHEN 'W2' THEN nature <> 'since_exit' WHEN 'W4' THEN true WHEN 'N1' THEN since_2014
    WHEN 'N2' THEN own WHEN 'N3' THEN own
    WHEN 'N4' THEN own WHEN 'N5' THEN own WHEN 'N7' THEN active ELSE false END AS core FROM (
    SELECT rule, book, CASE
        WHEN rule = 'W1' THEN CASE WHEN bool_or(year(dated) <= exited AND veto = 0) THEN 'at_exit'
          WHEN bool_and(veto > 0 OR COALESCE(year(dated) > exited, false)) THEN 'since_exit' ELSE 'undetermined' END
        WHEN rule = 'W2' THEN CASE WHEN income_year <= exited THEN 'at_exit' WHEN income_year > exited THEN 'since_exit' ELSE 'undetermined' END
        WHEN rule IN ('N1', 'N2', 'N3', 'N5') THEN CASE WHEN bool_or(year(dated) < entered) THEN 'wrongly_entered'
          WHEN bool_and(COALESCE(year(dated) > entered, false)) THEN 'should_exit' ELSE 'undetermined' END
        WHEN rule = 'N4' THEN 'undetermined' END AS nature,
      COALESCE(bool_or(own AND dated >= DATE '2014-01-01'), false) AS since_2014, bool_or(own) AS own, bool_or(number < entered) AS before,
        status = 'active' AS active,
      max(veto) AS veto, max(witness) AS witness, count(DISTINCT k) AS persons, ids(k) AS evidence_ids, rows_of(file, line) AS evidence_rows,
        bool_or(veto = 0) AS fires
    FROM book_rows JOIN book USING (book) GROUP BY rule, book, exited, entered, income_year, status HAVING fires))
JOIN (SELECT book, count(*) AS members FROM member GROUP BY ALL) USING (book);

COPY findings TO 'findings.csv' (HEADER);
