/** Those of `contenders` that can take part on this machine; says of the others why not. */
export function runnable(contenders) {
  return contenders.filter(({ title, available }) => {
    const answer = available()
    if (answer !== true) console.log(`without ${title}: ${answer}`)
    return answer === true
  })
}
