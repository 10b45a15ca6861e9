// Inside an app whose platform hands codes to scripts: ask for one and go back with it. What fails leads to its page.
(() => {
  const { corp, client, back, fallback } = document.currentScript.dataset
  const PATIENCE_MS = 6000
  let left = false

  function leaveFor(address) {
    if (left) return
    left = true
    window.location.replace(address)
  }

  const giveUp = () => leaveFor(fallback)
  const arrive = (answer) => (answer && answer.code ? leaveFor(back + encodeURIComponent(answer.code)) : giveUp())
  const wanted = { corpId: corp, clientId: client, success: arrive, onSuccess: arrive, fail: giveUp, onFail: giveUp }

  window.setTimeout(giveUp, PATIENCE_MS)
  try {
    const dd = window.dd
    if (dd.requestAuthCode) dd.requestAuthCode(wanted)
    else dd.runtime.permission.requestAuthCode(wanted)
  } catch {
    giveUp()
  }
})()
