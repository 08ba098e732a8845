export function App() {
  return (
    <main>
      <h1>Slipway</h1>
    </main>
  )
}
