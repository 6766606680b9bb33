"""The few words a text's own HTML needs for those who hear it, in the text's language.

They are stored inside the HTML, under the text's ``lang``, so they follow the text and not the
page; a catalog, which follows the page, is the wrong place for them.
"""

from typing import Final

from app.documents.render import NoteLabels

NOTE_LABELS: Final[dict[str, NoteLabels]] = {
    "de": NoteLabels(
        "Zurück zur Stelle {number}", "Anmerkungen", "Anmerkung {number}", "Tabelle {number}"
    ),
    "en": NoteLabels("Back to reference {number}", "Notes", "Note {number}", "Table {number}"),
    "ar": NoteLabels(
        "العودة إلى الموضع {number}", "الحواشي", "الحاشية {number}", "الجدول {number}"
    ),
    "zh": NoteLabels("返回正文第 {number} 处", "注释", "注释 {number}", "表 {number}"),
    "ko": NoteLabels("본문 {number}번 위치로 돌아가기", "각주", "각주 {number}", "표 {number}"),
    "es": NoteLabels("Volver a la llamada {number}", "Notas", "Nota {number}", "Tabla {number}"),
    "fr": NoteLabels(
        "Retour à l’appel de note {number}", "Notes", "Note {number}", "Tableau {number}"
    ),
    "it": NoteLabels("Torna al richiamo {number}", "Note", "Nota {number}", "Tabella {number}"),
    "pt": NoteLabels("Voltar à chamada {number}", "Notas", "Nota {number}", "Tabela {number}"),
    "ru": NoteLabels(
        "Назад к сноске {number} в тексте", "Примечания", "Примечание {number}", "Таблица {number}"
    ),
}
