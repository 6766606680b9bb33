"""Short essays in the ten languages, written for these tests, and books made of them."""

from datetime import UTC, datetime

from app.core.languages import CODES
from app.proceedings.book import (
    MULTI,
    Book,
    BookAuthor,
    BookEssay,
    BookSection,
    FrontPart,
    Labels,
)

# title, author, Latin name, affiliation, country, abstract, keywords, body
TEXTS: dict[str, tuple[str, str, str, str, str, str, tuple[str, ...], str]] = {
    "de": (
        "Sorgfaltspflichten der Staaten im Netz",
        "Jörg Weißmüller",
        "",
        "Institut für Öffentliches Recht",
        "Deutschland",
        "Der Beitrag fragt, was ein Staat wissen muss, bevor er haftet.",
        ("Sorgfalt", "Völkerrecht"),
        """## Was der Staat wissen muss

Wer *Kenntnis* hat, muss **handeln**; das gilt auch für „fremde“ Netze.[^1]

> Niemand darf sein Gebiet gegen andere verwenden lassen.

| Pflicht | Maßstab |
| --- | --- |
| Vorbeugung | Zumutbarkeit |
| Aufklärung | Gründlichkeit |

[^1]: Vgl. die Rechtsprechung zum *Korfu-Kanal*.
""",
    ),
    "en": (
        "Due diligence after the first warning",
        "Mary O’Neill",
        "",
        "Centre for Public Order",
        "Ireland",
        "What a warning changes, and for whom.",
        ("due diligence", "warning"),
        """## The first warning

A state that was *warned* can no longer say it **did not know**.[^w] It must then:

1. look into the matter;
2. answer the one who asked.

### Limits

Nothing here asks for the impossible; see <https://example.org/limits>.

[^w]: Compare *Nicaragua v. United States*, para. 195.
""",
    ),
    "ar": (
        "واجب العناية في الفضاء الرقمي",
        "ليلى حداد",
        "Layla Haddad",
        "كلية الحقوق",
        "لبنان",
        "تسأل هذه الورقة عمّا يجب على الدولة أن تعرفه قبل أن تُسأل.",
        ("العناية", "القانون الدولي"),
        """## ما الذي تعرفه الدولة؟

لا يجوز للدولة أن تترك إقليمها يُستخدم *ضد غيرها*، وهذا **واجب قديم** أُعيدت قراءته.[^1]

ثم إن العلم شرط، ولكنه ليس الشرط الوحيد.[^2]

> من عَلِم وسكت فقد شارك.

| الواجب | المعيار |
| --- | --- |
| الوقاية | المعقول |
| التحقيق | الجدية |

[^1]: Michael Schmitt (ed.), *Tallinn Manual 2.0*, Cambridge 2017, p. 30.
[^2]: انظر: Corfu Channel (1949), p. 22، وما بعدها.
""",
    ),
    "zh": (
        "国家在网络空间的注意义务",
        "王小明",
        "Wang Xiaoming",
        "国际法研究所",
        "中国",
        "本文讨论国家在承担责任之前应当知道什么。",
        ("注意义务", "国际法"),
        """## 国家应当知道什么

国家不得允许其领土被用来*损害他国*，这是一项**古老的义务**。[^1]收到警告以后，国家就不能再说自己不知情。

> 知而不言，便是参与。

| 义务 | 标准 |
| --- | --- |
| 预防 | 合理 |
| 调查 | 认真 |

[^1]: 参见 *Corfu Channel*（1949年）判决书。
""",
    ),
    "ko": (
        "사이버공간에서 국가의 주의의무",
        "김하늘",
        "Kim Haneul",
        "국제법연구소",
        "대한민국",
        "이 글은 책임을 지기 전에 국가가 무엇을 알아야 하는지 묻는다.",
        ("주의의무", "국제법"),
        """## 국가가 알아야 할 것

국가는 자국 영토가 *다른 나라*를 해치는 데 쓰이도록 두어서는 안 되며,
이는 **오래된 의무**이다.[^1] 경고를 받은 뒤에는 몰랐다고 말할 수 없다.

> 알고도 침묵하면 함께한 것이다.

| 의무 | 기준 |
| --- | --- |
| 예방 | 합리성 |
| 조사 | 성실성 |

[^1]: *Corfu Channel* 사건(1949년) 참조.
""",
    ),
    "es": (
        "¿Qué debe saber el Estado?",
        "Íñigo Núñez",
        "",
        "Facultad de Derecho",
        "España",
        "El texto pregunta qué cambia tras el primer aviso.",
        ("diligencia", "aviso"),
        """## El primer aviso

Quien fue *avisado* ya no puede decir que **no sabía**: «lo sabía», dirá el juez.[^1]

> Quien calla, participa.

[^1]: Véase el asunto del *Canal de Corfú*.
""",
    ),
    "fr": (
        "Ce que l’État doit savoir : l’avertissement",
        "Hélène Lefèvre",
        "",
        "Faculté de droit",
        "France",
        "L’article demande ce qu’un premier avertissement change à l’œuvre du juge.",
        ("diligence", "souveraineté"),
        """## Le premier avertissement

L’État *averti* ne peut plus dire : « je ne savais pas » ; **il sait**.[^1]

> Qui se tait prend part.

| Devoir | Mesure |
| --- | --- |
| Prévenir | Raisonnable |
| Enquêter | Sérieuse |

- D’abord, répondre.
- Ensuite, agir.

[^1]: Voir l’affaire du *Détroit de Corfou*, p. 22.
""",
    ),
    "it": (
        "Ciò che lo Stato deve sapere",
        "Niccolò Dell’Orso",
        "",
        "Università degli Studi",
        "Italia",
        "Il testo chiede che cosa cambi dopo il primo avviso.",
        ("diligenza", "avviso"),
        """## Il primo avviso

Chi è stato *avvisato* non può più dire che **non sapeva**: perché lo sapeva già.[^1]

> Chi tace partecipa.

[^1]: Cfr. il caso dello *Stretto di Corfù*.
""",
    ),
    "pt": (
        "O que o Estado tem de saber",
        "João Conceição",
        "",
        "Faculdade de Direito",
        "Portugal",
        "O texto pergunta o que muda depois do primeiro aviso.",
        ("diligência", "aviso"),
        """## O primeiro aviso

Quem foi *avisado* já não pode dizer que **não sabia**; a ação começa aí.[^1]

> Quem cala participa.

[^1]: Ver o caso do *Canal de Corfu*.
""",
    ),
    "ru": (
        "Что должно знать государство",
        "Ольга Щербакова",
        "Olga Shcherbakova",
        "Институт права",
        "Россия",
        "Статья спрашивает, что меняет первое предупреждение.",
        ("осмотрительность", "предупреждение"),
        """## Первое предупреждение

Кого *предупредили*, тот уже не скажет, что **не знал**: «знал», ответит судья.[^1]

> Кто молчит, тот участвует.

| Обязанность | Мера |
| --- | --- |
| Предотвращать | Разумная |
| Расследовать | Добросовестная |

[^1]: См. дело о *проливе Корфу*.
""",
    ),
}

# contents, abstract, keywords, notes, contributors, in a personal capacity, licence, identifier,
# question, cover, published by, original text in …
_WORDS = {
    "de": "Inhalt|Zusammenfassung|Schlagwörter|Anmerkungen|Beitragende|In persönlicher Eigenschaft|"
    "Lizenz|Kennung|Frage|Umschlag|Herausgegeben von jesuisinternet|Originaltext",
    "en": "Contents|Abstract|Keywords|Notes|Contributors|In a personal capacity|"
    "Licence|Identifier|Question|Cover|Published by jesuisinternet|Original text",
    "ar": "المحتويات|الملخص|الكلمات المفتاحية|الحواشي|المساهمون|بصفة شخصية|"
    "الرخصة|المعرّف|السؤال|الغلاف|نشره jesuisinternet|النص الأصلي",
    "zh": "目录|摘要|关键词|注释|作者|以个人身份|许可|标识|问题|封面|由 jesuisinternet 出版|原文",
    "ko": "차례|초록|주제어|주석|저자|개인 자격|이용허락|식별자|질문|표지|jesuisinternet 펴냄|원문",
    "es": "Índice|Resumen|Palabras clave|Notas|Autores|A título personal|"
    "Licencia|Identificador|Pregunta|Cubierta|Publicado por jesuisinternet|Texto original",
    "fr": "Sommaire|Résumé|Mots-clés|Notes|Auteurs|À titre personnel|"
    "Licence|Identifiant|Question|Couverture|Publié par jesuisinternet|Texte original",
    "it": "Indice|Sommario|Parole chiave|Note|Autori|A titolo personale|"
    "Licenza|Identificativo|Domanda|Copertina|Pubblicato da jesuisinternet|Testo originale",
    "pt": "Índice|Resumo|Palavras-chave|Notas|Autores|A título pessoal|"
    "Licença|Identificador|Pergunta|Capa|Publicado por jesuisinternet|Texto original",
    "ru": "Содержание|Аннотация|Ключевые слова|Примечания|Авторы|В личном качестве|"
    "Лицензия|Идентификатор|Вопрос|Обложка|Издано jesuisinternet|Текст оригинала",
}


def labels(code: str) -> Labels:
    *words, original = _WORDS[code].split("|")
    return Labels(code, *words, written_in={other: f"{original} ({other})" for other in CODES})


LABELS = {code: labels(code) for code in CODES}


def essay(code: str, number: int = 1, body: str | None = None) -> BookEssay:
    title, name, latin, affiliation, country, abstract, keywords, text = TEXTS[code]
    return BookEssay(
        number=f"2017-J-{number:03}",
        language=code,
        title=title,
        authors=(
            BookAuthor(
                name,
                latin,
                affiliation,
                country,
                personal_capacity=True,
                orcid="0000-0002-1825-0097",
                biography=affiliation,
            ),
        ),
        abstract=abstract,
        keywords=keywords,
        body=text if body is None else body,
        licence="CC BY 4.0",
        track_label=LABELS[code].question,
        url=f"https://example.org/2017-J-{number:03}",
    )


def book(code: str, *essays: BookEssay) -> Book:
    """A small book in a language, or ``multi`` with one essay in each."""
    frame = "en" if code == MULTI else code
    if not essays:
        codes = CODES if code == MULTI else (code,)
        essays = tuple(essay(each, number) for number, each in enumerate(codes, 1))
    return Book(
        language=code,
        title=TEXTS[frame][0],
        subtitle=TEXTS[frame][5],
        edition="jesuisinternet 2017",
        place_date="2017",
        identifier="urn:uuid:6f1d3a52-2f0f-4a1e-9a39-0d1f6f0c2b11",
        published=datetime(2017, 11, 21, 12, 0, tzinfo=UTC),
        front=(FrontPart(LABELS[frame].notes, TEXTS[frame][5]),),
        sections=(BookSection(LABELS[frame].question, essays),),
        labels=LABELS[frame],
        labels_by_language=LABELS,
        imprint=("ISBN 000",),
    )
