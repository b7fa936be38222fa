#include "names.h"

#include "rng.h"
#include "world.h"

#include <string.h>

/* Three bytes of UTF-8 a character. */
static const char surnames[] = "冉谭向田龚秦牟陶蹇樊谯代涂邓贺游晏蔡殷程罗瞿文阮卢沈包左柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳";
static const char givens[] = "兴春福德永华秀珍桂兰正国明光成林素清玉英长友万洪开荣先碧世昌建平小琼大伟天云仕学朝发代文维中安仁孝义信和顺"
                             "美红霞芳娟燕丽琴凤梅菊香莲蓉倩雪晓晴子轩雨涵俊杰浩宇志强海波江涛山川石松柏青";
static const char places[] = "龙凤云石桥坪溪河坝湾岭坡岩沟井塘寨梁垭堡柳松柏竹桂梨杏桃槐枫青白红黄金银铜铁玉清明新双三四五六七八九大小高长";

static size_t put_char(const char *list, size_t bytes, uint64_t n, char *out)
{
	memcpy(out, list + n % (bytes / 3) * 3, 3);
	return 3;
}

#define PUT(list, n, out) put_char(list, sizeof(list) - 1, n, out)

static size_t put_text(const char *text, char *out)
{
	size_t n = strlen(text);
	memcpy(out, text, n);
	return n;
}

size_t name_of_person(uint32_t surname, uint32_t given, char *out)
{
	size_t n = 0;
	if (given % 400 == 0) { /* names with a middle dot, which departments write in many ways */
		n += put_text("阿", out);
		n += PUT(givens, given >> 8, out + n);
		n += put_text(given & 1024 ? "·" : given & 2048 ? "•" : ".", out + n);
	} else {
		n += PUT(surnames, surname >> 4, out);
	}
	n += PUT(givens, given >> 12, out + n);
	if (given % 8)
		n += PUT(givens, given >> 20, out + n);
	return n;
}

size_t name_of_county(uint64_t village, char *out)
{
	uint64_t county = village / COUNTY_VILLAGES;
	size_t n = PUT(places, county, out);
	n += PUT(places, county / (sizeof(places) / 3) + 7, out + n);
	return n + put_text("县", out + n);
}

size_t name_of_township(uint64_t village, char *out)
{
	uint64_t township = rng_mix(village / TOWNSHIP_VILLAGES + 1);
	size_t n = PUT(places, township >> 8, out);
	n += PUT(places, township >> 32, out + n);
	return n + put_text(township & 1 ? "镇" : "乡", out + n);
}

size_t name_of_village(uint64_t village, char *out)
{
	uint64_t draw = rng_mix(~village);
	size_t n = PUT(places, draw >> 8, out);
	n += PUT(places, draw >> 32, out + n);
	return n + put_text(village_is_urban(village) ? "社区" : "村", out + n);
}
