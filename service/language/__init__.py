"""In which languages does the service speak, and what does each of them say?

Every sentence stands in the code and the templates in English; a catalogue (``ar.po``) says it in another
language. This package knows how languages write days and numbers; it must not know what is shown where.
"""

from service.language.catalogue import ENGLISH, LANGUAGES, Language, language_named
from service.language.translator import Translator, message

__all__ = ["ENGLISH", "LANGUAGES", "Language", "Translator", "language_named", "message"]
