"""What OASIS CAP 1.2 (3.2, schema in appendix A.1) asks of a message, as far as ours have parts: order, counts, values, forms."""

import re
from xml.etree import ElementTree

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_PLAIN = re.compile(r"[^\s,<&]+")
_CIRCLE = re.compile(r"-?\d+(\.\d+)?,-?\d+(\.\d+)? \d+(\.\d+)?")
_REFERENCES = re.compile(rf"{_PLAIN.pattern},{_PLAIN.pattern},{_TIME.pattern}")
_NEEDED, _OPTIONAL, _ANY, _SOME = (1, 1), (0, 1), (0, 1000), (1, 1000)
_TEXT = re.compile(r"[^\s][\s\S]*")

_ALERT = {
    "identifier": (_NEEDED, _PLAIN),
    "sender": (_NEEDED, _PLAIN),
    "sent": (_NEEDED, _TIME),
    "status": (_NEEDED, re.compile("Actual|Exercise|System|Test|Draft")),
    "msgType": (_NEEDED, re.compile("Alert|Update|Cancel|Ack|Error")),
    "source": (_OPTIONAL, _TEXT),
    "scope": (_NEEDED, re.compile("Public|Restricted|Private")),
    "restriction": (_OPTIONAL, _TEXT),
    "addresses": (_OPTIONAL, _TEXT),
    "code": (_ANY, _TEXT),
    "note": (_OPTIONAL, _TEXT),
    "references": (_OPTIONAL, _REFERENCES),
    "incidents": (_OPTIONAL, _TEXT),
    "info": (_ANY, None),
}
_INFO = {
    "language": (_OPTIONAL, re.compile("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")),
    "category": (_SOME, re.compile("Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other")),
    "event": (_NEEDED, _TEXT),
    "responseType": (_ANY, re.compile("Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None")),
    "urgency": (_NEEDED, re.compile("Immediate|Expected|Future|Past|Unknown")),
    "severity": (_NEEDED, re.compile("Extreme|Severe|Moderate|Minor|Unknown")),
    "certainty": (_NEEDED, re.compile("Observed|Likely|Possible|Unlikely|Unknown")),
    "audience": (_OPTIONAL, _TEXT),
    "eventCode": (_ANY, None),
    "effective": (_OPTIONAL, _TIME),
    "onset": (_OPTIONAL, _TIME),
    "expires": (_OPTIONAL, _TIME),
    "senderName": (_OPTIONAL, _TEXT),
    "headline": (_OPTIONAL, _TEXT),
    "description": (_OPTIONAL, _TEXT),
    "instruction": (_OPTIONAL, _TEXT),
    "web": (_OPTIONAL, _TEXT),
    "contact": (_OPTIONAL, _TEXT),
    "parameter": (_ANY, None),
    "resource": (_ANY, None),
    "area": (_ANY, None),
}
_PARAMETER = {"valueName": (_NEEDED, _TEXT), "value": (_NEEDED, _TEXT)}
_AREA = {"areaDesc": (_NEEDED, _TEXT), "polygon": (_ANY, _TEXT), "circle": (_ANY, _CIRCLE)}
_PARTS = {"info": _INFO, "parameter": _PARAMETER, "area": _AREA}


def checked(message: bytes) -> ElementTree.Element:
    """The message, after it was held against the rules."""
    root = ElementTree.fromstring(message)
    assert root.tag == f"{NAMESPACE}alert"
    _check(root, _ALERT)
    words = {name: text(root, name) for name in ("msgType", "scope", "restriction", "references")}
    assert (words["scope"] == "Restricted") == bool(words["restriction"])
    assert bool(words["references"]) == (words["msgType"] in ("Update", "Cancel"))
    return root


def text(root: ElementTree.Element, path: str) -> str:
    return root.findtext("/".join(NAMESPACE + name for name in path.split("/")), "")


def _check(element: ElementTree.Element, rules: dict[str, tuple[tuple[int, int], re.Pattern[str] | None]]) -> None:
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    order = list(rules)
    assert sorted(names, key=order.index) == names, f"{names} are not in order"
    for name, ((least, most), form) in rules.items():
        found = element.findall(NAMESPACE + name)
        assert least <= len(found) <= most, f"{len(found)} of {name}"
        for each in found:
            if form is None:
                _check(each, _PARTS[name])
            else:
                assert form.fullmatch(each.text or ""), f"{name}: {each.text!r}"
