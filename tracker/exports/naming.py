"""How the rows of different files name the same ask, entry, law or source, and where its page is."""

from tracker.exports.columns import Reference, field, own_page

ASK_SLUG = field("ask_slug", "The ask's short name in its address", always=True)
UPDATE_KEY = field("update_key", "The entry's key, unique within its ask", always=True)
ASK_URL = own_page("ask_url", "The ask's page", lambda row: f"/asks/{row.ask_slug}")
UPDATE_URL = own_page(
    "update_url", "The entry's address", lambda row: f"/asks/{row.ask_slug}/story?entry={row.update_key}"
)
LAW_URL = own_page("law_url", "The law's page on this site", lambda row: f"/legislation/{row.law_key}")
OF_ASK = Reference("asks", ("ask_slug",))
OF_UPDATE = Reference("updates", ("ask_slug", "update_key"))
OF_LAW = Reference("legislation", ("law_key",))
OF_SOURCE = Reference("sources", ("source_key",))
