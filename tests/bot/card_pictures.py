"""
Business cards as people photograph them, drawn for tests.
"""

import io
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFilter, ImageFont

VCARD = """BEGIN:VCARD
VERSION:3.0
N:张;伟;;;
FN:张伟
ORG:杭州云途科技有限公司
TITLE:采购经理
TEL;TYPE=CELL:13800001111
EMAIL:zhangwei@example.com
END:VCARD
"""
LINES = (
    "杭州云途科技有限公司",
    "张伟  采购经理",
    "手机：13800001111",
    "邮箱：zhangwei@example.com",
    "地址：浙江省杭州市西湖区文三路 1 号",
)
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
FONT = next((font for font in FONTS if Path(font).exists()), None)


def qr(text: str = VCARD) -> Image.Image:
    """
    A QR code that says this.
    """
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=6, border=4)
    return Image.open(out).convert("RGB")


def card(*, lines: tuple[str, ...] = LINES, code: str | None = None) -> Image.Image:
    """
    A printed card, with these lines and a QR code in its corner.
    """
    paper = Image.new("RGB", (1050, 600), "white")
    if lines:
        pen, font = ImageDraw.Draw(paper), ImageFont.truetype(FONT, 40)
        for number, line in enumerate(lines):
            pen.text((60, 60 + 80 * number), line, fill="black", font=font)
    if code is not None:
        paper.paste(qr(code).resize((380, 380)), (640, 190))
    return paper


def photo(paper: Image.Image, *, degrees: float = 5, quality: int = 70) -> bytes:
    """
    The card on a desk, held at an angle and not quite sharp, as a JPEG.
    """
    desk = Image.new("RGB", (paper.width + 300, paper.height + 300), (96, 84, 70))
    desk.paste(paper, (150, 150))
    turned = desk.rotate(degrees, expand=True, fillcolor=(96, 84, 70), resample=Image.Resampling.BICUBIC)
    return encoded(turned.filter(ImageFilter.GaussianBlur(0.8)), "JPEG", quality=quality)


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    """
    The bytes of a picture.
    """
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
