"""Names of the companies whose ids are common in advertisements (Bluetooth SIG, Assigned Numbers, section 7)."""

_NAMES = {
    0x0001: "Nokia",
    0x0002: "Intel",
    0x0006: "Microsoft",
    0x000A: "Qualcomm",
    0x000D: "Texas Instruments",
    0x000F: "Broadcom",
    0x001D: "Qualcomm",
    0x0030: "ST Microelectronics",
    0x0046: "MediaTek",
    0x004C: "Apple",
    0x0055: "Plantronics",
    0x0057: "Harman",
    0x0059: "Nordic Semiconductor",
    0x0067: "GN Netcom",
    0x006B: "Polar",
    0x0075: "Samsung",
    0x0078: "Nike",
    0x0087: "Garmin",
    0x009E: "Bose",
    0x00C4: "LG Electronics",
    0x00CC: "Beats",
    0x00E0: "Google",
    0x0103: "Bang & Olufsen",
    0x012D: "Sony",
    0x0131: "Cypress",
    0x0157: "Huami",
    0x0171: "Amazon",
    0x018E: "Fitbit",
    0x01B5: "Nest",
    0x01DA: "Logitech",
    0x027D: "Huawei",
    0x02E5: "Espressif",
    0x02FF: "Silicon Laboratories",
    0x038F: "Xiaomi",
    0x0494: "Sennheiser",
    0x0499: "Ruuvi",
    0x05A7: "Sonos",
    0x067C: "Tile",
    0x072F: "OnePlus",
}


def company_name(company_id: int | None) -> str:
    """Empty where it is not known."""
    return "" if company_id is None else _NAMES.get(company_id, "")
