/** Labels with QR codes, and scanning them. */
export const labels = {
  label: {
    print: ["打印标签", "Print labels"],
    title: ["二维码标签", "QR labels"],
    size: ["尺寸", "Size"],
    sizes: {
      large: ["70 × 37 mm（A4 每页 24 张）", "70 × 37 mm (24 on an A4 sheet)"],
      medium: ["60 × 40 mm（标签打印机）", "60 × 40 mm (label printer)"],
      small: ["40 × 30 mm（标签打印机）", "40 × 30 mm (label printer)"],
    },
    count: ["{{n}} 张标签", "{{n}} labels"],
    farTooMany: [
      "超过 {{total}} 项，一次最多打印 {{most}} 张，只列出前 {{most}} 张。",
      "More than {{total}} items; at most {{most}} are printed at once, and the first {{most}} are here.",
    ],
    tooMany: [
      "共 {{total}} 项，一次最多打印 {{most}} 张，只列出前 {{most}} 张。",
      "{{total}} items; at most {{most}} are printed at once, and the first {{most}} are here.",
    ],
    empty: ["没有要打印的配置项", "There is nothing to print"],
    emptyHint: [
      "在配置项列表里选中若干项，再点“打印标签”。",
      "Choose items in their list, then “Print labels”.",
    ],
    of: ["{{name}} 的二维码", "QR code of {{name}}"],
  },
  scan: {
    title: ["扫码查看", "Scan a label"],
    hint: [
      "把配置项标签上的二维码放进画面",
      "Hold the QR code of an item's label into the picture",
    ],
    photo: ["拍照或选择图片", "Take or choose a photo"],
    noCamera: [
      "不能使用摄像头（需要 HTTPS 和授权）。可以拍照识别。",
      "The camera cannot be used (it needs HTTPS and your consent). A photo does as well.",
    ],
    nothing: [
      "图片里没有找到二维码，请靠近一些再拍",
      "No QR code was found in it; come closer and try again",
    ],
    other: ["不是本院配置项的二维码：{{text}}", "Not the code of an item here: {{text}}"],
    search: ["按此内容查找", "Search for it"],
  },
} as const;
