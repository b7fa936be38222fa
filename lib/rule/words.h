/* words: the words of the rule language, in English and in Chinese: one table of each sort, read by the parser, the checker and the
 * printer. What is not here are names that packs and schemas bring. */
#ifndef BIDUI_RULE_WORDS_H
#define BIDUI_RULE_WORDS_H

#include "base/lang.h"
#include "rule/pack.h"

enum given { V_BOOL, V_NUMBER, V_DATE, V_TEXT, V_REGION, V_ID, V_LEVEL, V_PERSON, V_PERSONS, V_HOUSEHOLD, V_HOUSEHOLDS,
	V_REGISTERS, V_HOME, V_REGISTER_ROW, V_REGISTER_ROWS };

/* What each sort of item has beside columns, terms and kinds. The Chinese word may have a second form. */
struct attribute_word {
	enum item item;
	const char *en, *zh, *zh2;
	enum attribute attribute;
	enum given given;
};
extern const struct attribute_word attribute_words[];
extern const size_t attribute_word_count;

struct function_word {
	const char *en, *zh;
	enum function function;
	enum value_type of, to;
};
extern const struct function_word function_words[];
extern const size_t function_word_count;

/* Asked of a set. `value`: the second argument is a value, not a condition, and has to be there. */
struct quantifier_word {
	const char *en, *zh;
	enum op op;
	bool value;
};
extern const struct quantifier_word quantifier_words[];
extern const size_t quantifier_word_count;

/* Single words: and, or, null ... In Chinese "is null" is one word too. */
struct word {
	const char *en, *zh, *zh2;
};
extern const struct word plain_words[];
extern const size_t plain_word_count;
const char *word_in(const char *en, enum lang lang); /* the word for it */
bool word_is(struct str text, const char *en);       /* in either language */

/* Whether a text is one of these two or three words. */
bool words_have(struct str text, const char *en, const char *zh, const char *zh2);

/* The value of an enumeration, by name or by spelling; -1 when there is none. */
int enumeration_word(const struct enumeration *e, struct str text);
/* A column by name or by spelling of its header; -1. */
int column_word(const struct kind *k, struct str text);
/* A kind by name, file word or title; NULL. */
const struct kind *kind_word(const struct schema *s, struct str text);

bool is_a_name(struct str s); /* it can stand in an expression: letters of any script, digits, _ */

/* The same the other way: the name in the language, as long as it can stand in an expression. */
struct str enumeration_name(const struct enumeration *e, unsigned value, enum lang lang);
struct str column_name(const struct kind *k, unsigned column, enum lang lang);
struct str kind_name(const struct kind *k, enum lang lang);

#endif
