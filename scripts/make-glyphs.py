"""Outlines of the characters that labels are drawn with, from DejaVu Sans (https://dejavu-fonts.github.io).

Needs nothing but the font:
    python scripts/make-glyphs.py DejaVuSans.ttf > src/results/label/glyphs.ts
"""
import struct
import sys

CHARACTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x17F)])) + "–—‘’“”…•≤≥≈−×→₂"
data = open(sys.argv[1], "rb").read()
tables = {
    data[at : at + 4].decode(): struct.unpack(">LL", data[at + 8 : at + 16])
    for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
}


def table(name):
    start, length = tables[name]
    return data[start : start + length]


head, hhea, hmtx, loca, glyf, cmap = map(table, ["head", "hhea", "hmtx", "loca", "glyf", "cmap"])
units = struct.unpack(">H", head[18:20])[0]
is_long = struct.unpack(">h", head[50:52])[0] == 1
metrics = struct.unpack(">H", hhea[34:36])[0]


def glyph_index(code):
    for at in range(4, 4 + 8 * struct.unpack(">H", cmap[2:4])[0], 8):
        start = struct.unpack(">L", cmap[at + 4 : at + 8])[0]
        if struct.unpack(">H", cmap[start : start + 2])[0] == 4:
            return format4(cmap[start:], code)
    raise ValueError("no character map of format 4")


def format4(part, code):
    count = struct.unpack(">H", part[6:8])[0] // 2
    lists = [struct.unpack(f">{count}H", part[14 + 2 * i : 14 + 2 * i + 2 * count]) for i in (0, count + 1, 2 * count + 1, 3 * count + 1)]
    for segment, (end, start, delta, offset) in enumerate(zip(lists[0], lists[1], lists[2], lists[3])):
        if start <= code <= end:
            if offset == 0:
                return (code + delta) & 0xFFFF
            place = 14 + 2 * (3 * count + 1) + 2 * segment + offset + 2 * (code - start)
            index = struct.unpack(">H", part[place : place + 2])[0]
            return (index + delta) & 0xFFFF if index else 0
    return 0


def advance(index):
    at = 4 * min(index, metrics - 1)
    return struct.unpack(">H", hmtx[at : at + 2])[0]


def contours(index):
    size, form = (4, ">LL") if is_long else (2, ">HH")
    start, end = struct.unpack(form, loca[size * index : size * index + 2 * size])
    if not is_long:
        start, end = 2 * start, 2 * end
    if start == end:
        return []
    part = glyf[start:end]
    count = struct.unpack(">h", part[:2])[0]
    return simple(part, count) if count >= 0 else composite(part)


def simple(part, count):
    ends = struct.unpack(f">{count}H", part[10 : 10 + 2 * count])
    at = 10 + 2 * count
    at += 2 + struct.unpack(">H", part[at : at + 2])[0]
    flags = []
    while len(flags) <= ends[-1]:
        flag = part[at]
        at += 1
        flags.append(flag)
        if flag & 8:
            flags += [flag] * part[at]
            at += 1
    axes = []
    for short, same in ((2, 16), (4, 32)):
        value, values = 0, []
        for flag in flags:
            if flag & short:
                value += part[at] if flag & same else -part[at]
                at += 1
            elif not flag & same:
                value += struct.unpack(">h", part[at : at + 2])[0]
                at += 2
            values.append(value)
        axes.append(values)
    points = list(zip(axes[0], axes[1], [bool(flag & 1) for flag in flags]))
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [points[start : end + 1] for start, end in zip(starts, ends)]


def composite(part):
    at, result = 10, []
    while True:
        flags, index = struct.unpack(">HH", part[at : at + 4])
        at += 4
        dx, dy = struct.unpack(">hh" if flags & 1 else ">bb", part[at : at + (4 if flags & 1 else 2)])
        at += 4 if flags & 1 else 2
        scale = (1, 0, 0, 1)
        fixed = lambda n: [value / 16384 for value in struct.unpack(f">{n}h", part[at : at + 2 * n])]
        if flags & 8:
            scale, at = (fixed(1)[0], 0, 0, fixed(1)[0]), at + 2
        elif flags & 64:
            scale, at = (fixed(2)[0], 0, 0, fixed(2)[1]), at + 4
        elif flags & 128:
            scale, at = tuple(fixed(4)), at + 8
        a, b, c, d = scale
        result += [[(a * x + c * y + dx, b * x + d * y + dy, on) for x, y, on in contour] for contour in contours(index)]
        if not flags & 32:
            return result


def path(index):
    return "".join(map(contour_path, contours(index)))


def contour_path(points):
    """Points off the curve are controls of quadratic curves; between two of them lies a point on it. Down is positive."""
    whole = []
    for (x, y, on), (nx, ny, following) in zip(points, points[1:] + points[:1]):
        whole.append((x, y, on))
        if not on and not following:
            whole.append(((x + nx) / 2, (y + ny) / 2, True))
    first = next(place for place, point in enumerate(whole) if point[2])
    whole = whole[first:] + whole[:first] + [whole[first]]
    scaled = [(round(x * 1000 / units), round(-y * 1000 / units), on) for x, y, on in whole]
    (px, py, _), commands, control = scaled[0], [f"M{scaled[0][0]} {scaled[0][1]}"], None
    for x, y, on in scaled[1:]:
        if not on:
            control = (x, y)
            continue
        if control:
            commands.append(numbers("q", control[0] - px, control[1] - py, x - px, y - py))
        elif (x, y) != (px, py):
            commands.append(numbers("l", x - px, y - py))
        px, py, control = x, y, None
    return "".join(commands) + "z"


def numbers(command, *values):
    return command + "".join(f"{' ' if i and value >= 0 else ''}{value}" for i, value in enumerate(values))


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


print("""/**
 * Outlines of characters, so that labels look the same where no font is installed: width and path, in thousandths of the
 * size, with y downward from the baseline. Written by `scripts/make-glyphs.py` from DejaVu Sans, whose licence lies in
 * `docs/licenses/dejavu.txt`.
 */
// biome-ignore format: one character to a line
export const GLYPHS: ReadonlyMap<string, readonly [width: number, path: string]> = new Map([""")
for character in CHARACTERS:
    index = glyph_index(ord(character))
    if index:
        print(f"  [{quoted(character) if character != chr(0xA0) and character != chr(0xAD) else repr(character)}, [{round(advance(index) * 1000 / units)}, '{path(index)}']],")
print("])")
