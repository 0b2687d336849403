"""Languages as the names of subtitles say them: codes of ISO 639, English names, and tags with a region or a script."""

import re
from typing import Final

__all__ = ["language"]

# ISO 639-1: the code of two letters, those of three (639-2, bibliographic first), and the English name where the wild
# writes names.
_TABLE: Final = """
aa aar, ab abk, ae ave, af afr afrikaans, ak aka, am amh amharic, an arg, ar ara arabic, as asm, av ava, ay aym,
az aze azerbaijani, ba bak, be bel belarusian, bg bul bulgarian, bh bih, bi bis, bm bam, bn ben bengali,
bo tib bod tibetan, br bre breton, bs bos bosnian, ca cat catalan, ce che, ch cha, co cos, cr cre, cs cze ces czech,
cu chu, cv chv, cy wel cym welsh, da dan danish, de ger deu german, dv div, dz dzo, ee ewe, el gre ell greek,
en eng english, eo epo esperanto, es spa spanish, et est estonian, eu baq eus basque, fa per fas persian, ff ful,
fi fin finnish, fj fij, fo fao faroese, fr fre fra french, fy fry, ga gle irish, gd gla gaelic, gl glg galician,
gn grn, gu guj gujarati, gv glv, ha hau, he heb hebrew, hi hin hindi, ho hmo, hr hrv croatian, ht hat,
hu hun hungarian, hy arm hye armenian, hz her, ia ina, id ind indonesian, ie ile, ig ibo, ii iii, ik ipk, io ido,
is ice isl icelandic, it ita italian, iu iku, ja jpn japanese, jv jav, ka geo kat georgian, kg kon, ki kik, kj kua,
kk kaz kazakh, kl kal, km khm khmer, kn kan kannada, ko kor korean, kr kau, ks kas, ku kur kurdish, kv kom, kw cor,
ky kir, la lat latin, lb ltz luxembourgish, lg lug, li lim, ln lin, lo lao, lt lit lithuanian, lu lub,
lv lav latvian, mg mlg, mh mah, mi mao mri maori, mk mac mkd macedonian, ml mal malayalam, mn mon mongolian,
mr mar marathi, ms may msa malay, mt mlt maltese, my bur mya burmese, na nau, nb nob, nd nde, ne nep nepali, ng ndo,
nl dut nld dutch, nn nno, no nor norwegian, nr nbl, nv nav, ny nya, oc oci, oj oji, om orm, or ori, os oss,
pa pan punjabi, pi pli, pl pol polish, ps pus pashto, pt por portuguese, qu que, rm roh, rn run,
ro rum ron romanian, ru rus russian, rw kin, sa san, sc srd, sd snd, se sme, sg sag, si sin sinhala,
sk slo slk slovak, sl slv slovenian, sm smo, sn sna, so som somali, sq alb sqi albanian, sr srp serbian, ss ssw,
st sot, su sun, sv swe swedish, sw swa swahili, ta tam tamil, te tel telugu, tg tgk, th tha thai, ti tir, tk tuk,
tl tgl tagalog, tn tsn, to ton, tr tur turkish, ts tso, tt tat, tw twi, ty tah, ug uig, uk ukr ukrainian, ur urd urdu,
uz uzb uzbek, ve ven, vi vie vietnamese, vo vol, wa wln, wo wol, xh xho xhosa, yi yid yiddish, yo yor yoruba, za zha,
zh chi zho chinese, zu zul zulu
"""
# ISO 639-2 alone: languages, not families.
_THREE: Final = frozenset(
    "ace ach ada ady afh ain akk ale alt ang anp arc arn arp arw ast awa bal ban bas bej bem bho bik bin bla bra bua bug "
    "byn cad car ceb chb chg chk chm chn cho chp chr chy cop crh csb dak dar del den dgr din doi dsb dua dum dyu efi egy "
    "eka elx enm ewo fan fat fil fon frm fro frr frs fur gaa gay gba gez gil gmh goh gon gor got grb grc gsw gwi hai haw "
    "hil hit hmn hsb hup iba ilo inh jbo jpr jrb kaa kab kac kam kaw kbd kha kho kmb kok kos kpe krc krl kru kum kut lad "
    "lah lam lez lol loz lua lui lun luo lus mad mag mai mak man mas mdf mdr men mga mic min mnc mni moh mos mul mun mus "
    "mwl mwr myv nap nds new nia niu nog non nqo nso nwc nym nyn nyo nzi osa ota pag pal pam pap pau peo phn pon pro raj "
    "rap rar rom rup sad sah sam sas sat scn sco sel sga shn sid sma smj smn sms snk sog srn srr suk sus sux syc syr tem "
    "ter tet tig tiv tkl tlh tli tmh tog tpi tsi tum tvl tyv udm uga umb und vai vot wal war was xal yao yap zap zbl zen "
    "zgh zun zxx zza".split()
)
_CODES: Final = {code: row.split()[0] for row in _TABLE.split(",") for code in row.split()} | {
    code: code for code in _THREE
}
# pt-BR, zh-Hans, zh-Hant-TW, es-419 (BCP 47): a language, a script, a region
_TAG: Final = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?")


def language(word: str) -> str | None:
    """The language that `word` says, as its shortest tag; None where it says none.

    >>> language("eng"), language("German"), language("pt-br"), language("zh-hans"), language("Cut")
    ('en', 'de', 'pt-BR', 'zh-Hans', None)
    """
    code = _CODES.get(word.lower())
    if code is not None:
        return code
    found = _TAG.fullmatch(word)
    if found is None or (code := _CODES.get(found[1].lower())) is None:
        return None
    return code + (found[2] or "").title() + (found[3] or "").upper()
