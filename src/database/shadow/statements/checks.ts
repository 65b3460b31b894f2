export function checksOf(text: string | undefined): [string, string][] {
  return (text ?? '')
    .split(/, (?=(?:"[^"]+"|\w+) CHECK )/)
    .filter(Boolean)
    .map(one => {
      const [, name, check] = /^("[^"]+"|\w+) (.*)$/s.exec(one) ?? ['', '', one];
      return [name as string, check as string];
    });
}
