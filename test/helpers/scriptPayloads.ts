const RUN = "window.executed=1";

const TAGS = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script src="data:text/javascript,${RUN}"></script>`,
  `<script type="module">${RUN}</script>`,
  `<!--><script>${RUN}</script>-->`,
  `<![CDATA[<script>${RUN}</script>]]>`,
  `<noscript><p title="</noscript><script>${RUN}</script>">`,
  `<template><script>${RUN}</script></template>`,
  `<base href="javascript:${RUN}//">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
  `<link rel="import" href="data:text/html,<script>${RUN}</script>">`,
  `<iframe srcdoc="<script>parent.executed=1</script>"></iframe>`,
  `<iframe src="javascript:parent.executed=1"></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<isindex action="javascript:${RUN}">`,
  `<a href="javascript:${RUN}">x</a>`,
  `<svg><script>${RUN}</script></svg>`,
  `<math><mtext><script>${RUN}</script></mtext></math>`,
];

const HANDLERS = [
  "<img src=x onerror=@>",
  '"><img src=x onerror=@>',
  "'><img src=x onerror=@>",
  "<svg onload=@>",
  "<svg/onload=@>",
  "<body onload=@>",
  "<input autofocus onfocus=@>",
  "<select autofocus onfocus=@>",
  "<textarea autofocus onfocus=@>",
  "<video><source onerror=@></video>",
  "<audio src=x onerror=@>",
  "<details open ontoggle=@>",
  "<marquee onstart=@>",
  "<div style='animation-name:x' onanimationstart=@>",
  '" onmouseover="@" x="',
  "' onmouseover='@' x='",
  '" autofocus onfocus="@',
  "<svg><animate onbegin=@ attributeName=x dur=1s>",
  "<img src=x:x onerror\u00a0=@>",
  "<IMG SRC=X ONERROR=@>",
  "<img/src/onerror=@>",
  "<x onclick=@>click</x>",
].map((payload) => payload.replace("@", RUN));

const EXPRESSIONS = [
  `\${${RUN}}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `javascript:${RUN}`,
  `';${RUN};//`,
  `\`;${RUN};//`,
  `\u2028${RUN}\u2029`,
  `</script><script>${RUN}</script>`,
];

/** Texts that run as scripts where a page takes them for markup; running sets `window.executed`. */
export const SCRIPT_PAYLOADS: readonly string[] = [...TAGS, ...HANDLERS, ...EXPRESSIONS];
