/** The page before its script runs. @param script path of the first module */
export function html(script: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Slack (simulated)</title>
    <link rel="icon" href="/page/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/page/style.css">
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <noscript>This page is drawn by a script; please allow it to run.</noscript>
    <div id="app"></div>
  </body>
</html>
`;
}

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
  <rect width="16" height="16" rx="4" fill="#3b3f73"/>
  <path d="M4 5h8v5H8l-2.5 2.2V10H4z" fill="#fff"/>
</svg>
`;
