import { useEffect, useRef, useState } from 'react'
import { Rate } from './rate.ts'

interface Pace {
  speed: number | null
  secondsLeft: number | null
}

/** Speed and time left of what is stored, while it is moving. */
export function useRate(stored: number, size: number, moving: boolean): Pace {
  const rate = useRef(new Rate())
  const [, tick] = useState(0)
  useEffect(() => {
    if (moving) rate.current.sample(stored, Date.now())
    else rate.current.reset()
  }, [stored, moving])
  useEffect(() => {
    if (!moving) return
    const timer = setInterval(() => tick((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [moving])
  const now = Date.now()
  return { speed: rate.current.speed(now), secondsLeft: rate.current.secondsLeft(size, now) }
}
