#include "internal.h"

/* What people read for the codes of lists. The rules' own words are in the lists; these belong to the program. */
static const struct {
	enum word_kind kind;
	const char *code, *zh;
} words[] = {
	{ WORDS_LEVEL, "high", "高" }, { WORDS_LEVEL, "medium", "中" }, { WORDS_LEVEL, "low", "低" },
	{ WORDS_CORE, "yes", "是" }, { WORDS_CORE, "no", "否" },
	{ WORDS_NATURE, "at_exit", "脱贫时已存在" }, { WORDS_NATURE, "since_exit", "脱贫后出现" }, { WORDS_NATURE, "undetermined", "时间不明" },
	{ WORDS_NATURE, "wrongly_entered", "识别前已有" }, { WORDS_NATURE, "should_exit", "识别后取得" },
	{ WORDS_NATURE, "maybe_registered", "可能已建档" }, { WORDS_NATURE, "asset", "有资产" }, { WORDS_NATURE, "other_house", "另有住房" },
	{ WORDS_STATUS, "poor", "未脱贫" }, { WORDS_STATUS, "exited", "已脱贫" }, { WORDS_STATUS, "relapsed", "返贫" },
	{ WORDS_UNIT, "registry", "建档户" }, { WORDS_UNIT, "hukou", "户籍户" }, { WORDS_UNIT, "person", "人" }, { WORDS_UNIT, "village", "村" },
	{ WORDS_REASON, "ROW_NUL", "行内有空字符" }, { WORDS_REASON, "ROW_ENCODING", "行内有无法识别的文字" },
	{ WORDS_REASON, "ROW_QUOTE", "引号不配对" }, { WORDS_REASON, "ROW_SIZE", "内容过长" }, { WORDS_REASON, "ROW_WIDTH", "列数多于表头" },
	{ WORDS_REASON, "ID_SCIENTIFIC", "号码成了科学计数" }, { WORDS_REASON, "ID_EMPTY", "号码为空" },
	{ WORDS_REASON, "ID_PLACEHOLDER", "号码是占位号（999999）" }, { WORDS_REASON, "ID_LENGTH", "号码位数不对" },
	{ WORDS_REASON, "ID_CHARSET", "号码含有其他字符" }, { WORDS_REASON, "ID_REGION", "号码前两位不是省份" },
	{ WORDS_REASON, "ID_DATE", "号码中的出生日期不成立" }, { WORDS_REASON, "ID_EXCEL", "号码末三位被表格软件改成 000" },
	{ WORDS_REASON, "ID_CHECKSUM", "号码校验位不对" }, { WORDS_REASON, "CERT", "残疾证号不对" }, { WORDS_REASON, "EMPTY", "必填项为空" },
	{ WORDS_REASON, "DATE", "不是日期" }, { WORDS_REASON, "YEAR", "不是年度" }, { WORDS_REASON, "MONEY", "不是数额" },
	{ WORDS_REASON, "BOOL", "不是“是”或“否”" }, { WORDS_REASON, "REGION", "不是行政区划代码" }, { WORDS_REASON, "GRADE", "不是房屋等级" },
	{ WORDS_REASON, "ENUM", "写法不在代码表中" },
	{ WORDS_RATE, "lead_missed_rate", "疑似漏评率（户）" }, { WORDS_RATE, "lead_missed_rate_persons", "疑似漏评率（人）" },
	{ WORDS_RATE, "lead_wrongly_exited_rate", "疑似错退率（户）" }, { WORDS_RATE, "lead_wrongly_exited_rate_persons", "疑似错退率（人）" },
	{ WORDS_RATE, "lead_wrongly_exited_share", "疑似错退占农村户数" }, { WORDS_RATE, "lead_non_eligible_rate", "疑似错评率（户）" },
	{ WORDS_RATE, "lead_non_eligible_rate_persons", "疑似错评率（人）" }, { WORDS_RATE, "poverty_incidence", "贫困发生率" },
	{ WORDS_RATE, "lead_comprehensive_incidence", "综合贫困发生率（疑点口径）" },
	{ WORDS_RATE, "lead_comprehensive_incidence_net", "综合贫困发生率（疑点口径，扣除疑似错评）" },
	{ WORDS_RATE, "converted_share_points", "农转非影响（百分点）" },
	{ WORDS_RATE, "missed_rate", "漏评率" }, { WORDS_RATE, "wrongly_exited_rate", "错退率" }, { WORDS_RATE, "non_eligible_rate", "错评率" },
	{ WORDS_RATE, "comprehensive_incidence", "综合贫困发生率" },
	{ WORDS_STATE, "new", "新增" }, { WORDS_STATE, "open", "未销号" }, { WORDS_STATE, "changed", "证据有变" }, { WORDS_STATE, "gone", "已消失" },
	{ WORDS_STATE, "reopened", "重新出现" },
	{ WORDS_LIST, "missed", "疑似漏评" }, { WORDS_LIST, "wrongly_exited", "疑似错退" }, { WORDS_LIST, "non_eligible", "疑似错评" },
	{ WORDS_LIST, "vetoed", "有否决条件" }, { WORDS_LIST, "ledger", "转台账" }, { WORDS_LIST, "villages", "户数异常增长" }, { WORDS_LIST, "quality", "数据质量" },
	{ WORDS_PLACE, "all", "全部" }, { WORDS_PLACE, "county", "县（区）" }, { WORDS_PLACE, "township", "乡镇" }, { WORDS_PLACE, "village", "村" },
	{ WORDS_MOVEMENT, "leads.new", "疑点新增" }, { WORDS_MOVEMENT, "leads.changed", "疑点证据有变" }, { WORDS_MOVEMENT, "leads.gone", "疑点消失" },
	{ WORDS_MOVEMENT, "leads.reopened", "疑点重新出现" },
	{ WORDS_MOVEMENT, "households.entered", "新识别户" }, { WORDS_MOVEMENT, "households.exited", "脱贫户" }, { WORDS_MOVEMENT, "households.relapsed", "返贫户" },
	{ WORDS_MOVEMENT, "households.left", "退出名册户" }, { WORDS_MOVEMENT, "persons.entered", "新识别人" }, { WORDS_MOVEMENT, "persons.exited", "脱贫人" },
	{ WORDS_MOVEMENT, "persons.relapsed", "返贫人" }, { WORDS_MOVEMENT, "persons.left", "退出名册人" },
	{ WORDS_RATE_UNIT, "households", "户" }, { WORDS_RATE_UNIT, "persons", "人" },
};

struct str word(enum word_kind kind, struct str code)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].kind == kind && str_eq(code, str_of(words[i].code)))
			return str_of(words[i].zh);
	return code;
}

const struct sheet_kind sheet_kinds[SHEET_LISTS] = {
	{ "missed", "疑似漏评", "应纳未纳，先查这一张" },
	{ "wrongly_exited", "疑似错退", "不该退而退了" },
	{ "non_eligible", "疑似错评", "应退未退；未经入户核查不得清退" },
	{ "vetoed", "有否决条件", "疑似漏评、错退中另有资产或安全住房的" },
	{ "ledger", "转台账", "农转非后仍有困难，帮扶不断" },
	{ "villages", "户数异常增长", "分户过多的村" },
	{ "quality", "数据质量", "各部门数据不一致" },
	{ "exempted", "已豁免", "核查不属实，证据未变，不再下发" },
};

const char *const list_columns[COL_COUNT + 1] = { "finding_id", "rule", "core", "severity", "confidence", "nature", "unit", "unit_no", "region",
	"county", "township", "village", "head_name", "head_id", "persons", "status", "evidence_rows", "evidence_hash", "evidence", "title",
	"check", "department", "days", NULL };
