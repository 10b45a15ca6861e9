import { createApp } from 'vue'

import StartPage from './StartPage.vue'
import './base.css'

createApp(StartPage).mount('#app')
