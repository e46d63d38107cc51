"""What is done at a hub that somebody may have to answer for, beside what is done with accounts anywhere (`AuditVerb`)."""

from enum import StrEnum


class HubVerb(StrEnum):
    """What is kept. Behind each: `subject`; `detail`."""

    REFUSE_SIGN_IN = "refuse_sign_in"  # user id; from where. Not of names that nobody has: some are passwords
    CREATE_CODE = "create_code"  # key of the site; its name
    JOIN_SITE = "join_site"  # key of the site; its public key. By whoever had the code
    RENAME_SITE = "rename_site"  # key of the site; its name
    RETIRE_SITE = "retire_site"  # key of the site
    KEEP_INTENT = "keep_intent"  # key of the site; the command, its id. What became of it is in the audit of the site
    SEE_CLIP = "see_clip"  # key of the site; the clip, as the site had sent it
    PUT_TEMPLATE = "put_template"  # template id; name, version, how many fields
    ORDER_TEMPLATE = "order_template"  # key of the site; dry run, application or present values, template id and version, the order's id
    END_TEMPLATE_ORDER = "end_template_order"  # key of the site; the order's id, what the site made of it. Of applications only
    MAP_GROUP = "map_group"  # the identity provider's group; role, sites and cameras
    PUT_PURPOSE = "put_purpose"  # the purpose; its name and days
    REMOVE_PURPOSE = "remove_purpose"  # the purpose
    COMPARE_PERSON = "compare_person"  # pseudonym of the person; purpose, their site, the sites that compare
    GIVE_GALLERY_ENTRY = "give_gallery_entry"  # pseudonym of the person; purpose, their site, the site that gets their faces in numbers
    JUDGE_PAIR = "judge_pair"  # pseudonyms of both; purpose, verdict, likeness, model
    REMOVE_LINKS = "remove_links"  # key of the site; how many links and proposals, and why. By what the site said
    UNMAP_GROUP = "unmap_group"  # the identity provider's group
    ALLOW_SPARE = "allow_spare"  # key of the site; the spare's public key. By the site
    WITHDRAW_SPARE = "withdraw_spare"  # key of the site; the spare's public key. By the site
    STAND_IN = "stand_in"  # key of the site; under which key its spare records meanwhile
    HAND_BACK = "hand_back"  # as STAND_IN
