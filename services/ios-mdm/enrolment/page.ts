/** What a browser shows that came without a code. @param trouble a sentence of ours */
export const enrolmentPage = (trouble: string | null): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ksc-lab iOS MDM: enrolment</title>
<h1>Enrolment</h1>
${trouble === null ? '' : `<p role="alert"><strong>${trouble}</strong></p>\n`}<p>Ask your trainer for a code, or log in as the lab's administrator.</p>
<form action="/enrol"><label>Code <input name="code" autocomplete="off" autocapitalize="none" required></label> <button>Get the profile</button></form>
</html>
`
