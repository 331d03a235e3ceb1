interface FiguresProps {
  title: string;
  figures: readonly { value: string; of: string }[];
}

/** Numbers with what they count. */
export function Figures({ title, figures }: FiguresProps) {
  return (
    <section class="figures">
      <h2>{title}</h2>
      <dl>
        {figures.map(({ value, of }) => (
          <div key={of}>
            <dt>{of}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
